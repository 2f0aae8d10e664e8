from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.namebook import Running, running

__all__ = ["running"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("languages", "tag", "words"),
    [
        ("", "en", "Everyone brings a dish"),
        ("en-GB,en;q=0.9", "en", "Everyone brings a dish"),
        ("zh-CN,zh;q=0.9,en;q=0.5", "zh-Hans", "一家一道菜"),
        ("zh", "zh-Hans", "一家一道菜"),
        ("fr", "en", "Everyone brings a dish"),
    ],
)
def test_the_first_page_speaks_the_visitor_s_language(
    site: Client, languages: str, tag: str, words: str
) -> None:
    page = site.get("/", headers={"accept-language": languages})
    assert page.status_code == 200
    assert f'<html lang="{tag}">' in page.content.decode()
    assert words in page.content.decode()
    assert "Accept-Language" in page["Vary"]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_wrong_address_is_answered_with_a_way_back(site: Client, language: str) -> None:
    page = site.get("/nowhere", headers={"accept-language": language})
    assert page.status_code == 404
    assert 'href="/"' in page.content.decode()


def test_the_page_is_the_same_whatever_the_host_header_says(site: Client) -> None:
    assert site.get("/", headers={"host": "evil.example"}).content == site.get("/").content


def test_pages_load_nothing_from_elsewhere(site: Client) -> None:
    page = site.get("/").content.decode()
    assert all('src="/static/' in each for each in re.findall("<script[^>]*>", page))
    assert "http://" not in page
    assert "https://" not in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("path", "status", "kind", "words"),
    [
        ("/robots.txt", 200, "text/plain; charset=utf-8", b"Disallow: /\n"),
        ("/favicon.ico", 200, "image/svg+xml", b"<svg"),
        ("/healthz", 503, "text/plain; charset=utf-8", b"starting\n"),
    ],
)
def test_machines_get_what_they_ask_for(
    site: Client, path: str, status: int, kind: str, words: bytes
) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (status, kind)
    assert words in answer.content


def test_a_running_gateway_is_healthy(site: Client, running: Running) -> None:
    answer = site.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
