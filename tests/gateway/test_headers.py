from __future__ import annotations

import pytest
from django.test import Client

from gateway.headers import POLICY


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/css/base.css"])
def test_every_answer_says_what_a_browser_may_do(site: Client, path: str) -> None:
    answer = site.get(path)
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/nowhere"])
def test_pages_are_not_kept(site: Client, path: str) -> None:
    assert site.get(path)["Cache-Control"] == "no-store"


def test_the_policy_allows_our_own_scripts_in_files_only() -> None:
    assert "default-src 'none'" in POLICY
    assert "script-src 'self';" in POLICY
    assert "http" not in POLICY
    assert "unsafe" not in POLICY
