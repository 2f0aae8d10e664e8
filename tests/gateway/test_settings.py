from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from gateway import live
from tests.support.source import ROOT


def loaded(tmp_path: Path, *arguments: str) -> set[str]:
    """The modules that a process has loaded once it has its settings."""
    program = "import sys, gateway.settings; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_settings_are_cheap(tmp_path: Path) -> None:
    heavy = {"twisted", "daphne", "aiohttp", "httpx", "uvicorn", "rest_framework", "django.db"}
    assert not heavy & loaded(tmp_path, "serve")


def test_it_has_secrets_of_its_own(real_settings: dict[str, Any]) -> None:
    assert len(real_settings["SECRET_KEY"]) == 64
    assert len(real_settings["POTLUCK_PEPPER"]) == 32
    assert [Fernet(key) for key in real_settings["POTLUCK_VAULT_KEYS"]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", False),
        ("ASGI_APPLICATION", "gateway.asgi.application"),
        ("USE_X_FORWARDED_HOST", None),
        ("SECURE_PROXY_SSL_HEADER", None),
    ],
)
def test_it_is_set_up_for_the_open_net(
    real_settings: dict[str, Any], name: str, value: object
) -> None:
    assert real_settings.get(name) == value


def test_without_a_permission_of_its_own_an_api_view_is_closed(
    real_settings: dict[str, Any],
) -> None:
    assert real_settings["REST_FRAMEWORK"]["DEFAULT_PERMISSION_CLASSES"] == [
        "rest_framework.permissions.IsAdminUser"
    ]


def test_pages_go_by_what_holds(real_settings: dict[str, Any]) -> None:
    now = live.here()
    now.take({"HOST_URL": "https://fan.example"})
    try:
        assert real_settings["POTLUCK"].host_url == "https://fan.example"
    finally:
        now.take({})
