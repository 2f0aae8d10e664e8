from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import checks, config, keyfiles


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    """A DATA_DIR as the gateway makes it."""
    settings.DATA_DIR = tmp_path / "data"
    settings.POTLUCK = config.load({}, {}, {})
    keyfiles.ready(settings.DATA_DIR)
    return tmp_path / "data"


@pytest.mark.usefixtures("data")
def test_private_files_are_no_finding() -> None:
    assert checks.private_files(None) == []


def test_it_names_what_others_may_read(settings: Any, data: Path, tmp_path: Path) -> None:
    (data / "pepper.key").chmod(0o644)
    (tmp_path / "potluck.toml").touch(mode=0o644)
    settings.POTLUCK = config.load({"POTLUCK_CONFIG": str(tmp_path / "potluck.toml")}, {}, {})
    found = checks.private_files(None)
    assert [(each.id, each.hint) for each in found] == [
        ("gateway.W001", f"chmod 600 {data}/pepper.key"),
        ("gateway.W001", f"chmod 600 {tmp_path}/potluck.toml"),
    ]


@pytest.mark.parametrize(
    ("environ", "ids"),
    [
        pytest.param({}, [], id="default"),
        pytest.param({"HOST": "localhost"}, [], id="by name"),
        pytest.param({"HOST": "::1"}, [], id="IPv6"),
        pytest.param({"HOST": "0.0.0.0"}, ["gateway.W002"], id="everybody"),
        pytest.param({"HOST": "999.1.1.1"}, [], id="no address"),
        pytest.param({"HOST": "0.0.0.0", "TRUSTED_PROXIES": "10.0.0.1"}, [], id="proxy"),
    ],
)
def test_it_warns_when_keys_would_travel_in_clear_text(
    settings: Any, environ: dict[str, str], ids: list[str]
) -> None:
    settings.POTLUCK = config.load(environ, {}, {})
    assert [each.id for each in checks.open_to_all(None)] == ids


def test_it_names_what_would_do_nothing_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("METADATA_SERVICE_URL", raising=False)
    assert checks.without_meaning(None) == []
    monkeypatch.setenv("METADATA_SERVICE_URL", "http://metadata.example")
    (found,) = checks.without_meaning(None)
    assert found.msg.startswith("METADATA_SERVICE_URL is set, and does nothing here: ")
    assert "metadata.example" not in found.msg


@pytest.mark.parametrize(
    ("host", "environ", "plain"),
    [
        ("127.0.0.1", {}, False),
        ("0.0.0.0", {}, True),
        ("0.0.0.0", {"TRUSTED_PROXIES": "10.0.0.1"}, False),
    ],
)
def test_another_host_is_looked_at_as_well(host: str, environ: dict[str, str], plain: bool) -> None:
    assert checks.plain(host, config.load(environ, {}, {})) is plain
