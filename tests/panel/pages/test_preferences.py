from __future__ import annotations

import pytest
from django.test import Client

from panel.pages.preferences import back


def test_a_chosen_language_beats_the_browser_s(site: Client) -> None:
    site.post("/preferences", {"language": "zh-hans", "next": "/nowhere"})
    page = site.get("/nowhere", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="zh-Hans"' in page
    assert "这里没有这个页面" in page


def test_a_chosen_theme_is_kept_until_it_is_given_up(site: Client) -> None:
    site.post("/preferences", {"theme": "dark"})
    assert 'data-theme="dark"' in site.get("/").content.decode()
    site.post("/preferences", {"theme": "auto"})
    assert "data-theme" not in site.get("/").content.decode()


@pytest.mark.parametrize("field", [{"theme": '"><script>'}, {"language": "xx"}, {}])
def test_other_words_choose_nothing(site: Client, field: dict[str, str]) -> None:
    assert site.post("/preferences", field).status_code == 302
    assert "data-theme" not in site.get("/").content.decode()


def test_a_cookie_of_another_kind_is_not_written_into_the_page(site: Client) -> None:
    site.cookies["theme"] = '"><script>'
    assert "<script>" not in site.get("/").content.decode()


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("/api-key-admin?q=a", "/api-key-admin?q=a"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("api-key-admin", "/"),
        ("", "/"),
    ],
)
def test_it_leads_back_into_the_site(asked: str, leads: str) -> None:
    assert back(asked) == leads
