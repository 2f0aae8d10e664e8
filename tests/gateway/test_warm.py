"""What is loaded before somebody asks for a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.template import engines

from gateway import warm

_ROOT = Path(__file__).resolve().parents[2]

_ASKED = """
import sys
import gateway.asgi
from django.test import Client
from gateway import warm
warm.pages()
before = set(sys.modules)
assert Client().get("/api-key-query", headers={"host": "localhost"}).status_code == 200
print(sorted(each for each in set(sys.modules) - before if each.startswith(("panel", "rest"))))
"""


def test_a_page_imports_nothing_of_ours_after_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    found = subprocess.run(
        [sys.executable, "-c", _ASKED],
        cwd=_ROOT,
        env=os.environ
        | {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "gateway.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert found.stdout == "[]\n", found.stderr


@pytest.mark.usefixtures("site")
def test_every_template_can_be_read() -> None:
    names = list(warm.templates())
    assert "overview/page.html" in names
    assert all(engines["django"].get_template(name) for name in names)
