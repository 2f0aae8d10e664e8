"""The page from which calls are made, and the key that it may have."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from keys import listing
from keys.models import ApiKey
from panel.bridge import ModelRow
from panel.models import AuditEntry
from tests.support.namebook import READY, Running, running
from tests.support.source import ROOT

__all__ = ["running"]

pytestmark = pytest.mark.django_db

PAGE = "/panel/playground"
KEY = f"{PAGE}/key"
EVIL = '"><img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def known(running: Running) -> None:
    running.rows = [
        ModelRow("gemini-2.5-pro", "gemini-2.5-pro", (READY,), variants=("gemini-2.5-pro-high",)),
        ModelRow("hidden", "hidden", (READY,), excluded="h*"),
        ModelRow(EVIL, EVIL, ()),
    ]


def test_it_offers_the_names_that_are_listed(inside: Client) -> None:
    page = inside.get(PAGE).content.decode()
    offered = re.findall(r'<option value="([^"]*)">', page)
    assert offered[:2] == ["gemini-2.5-pro", "gemini-2.5-pro-high"]
    assert "hidden" not in offered
    assert "<img src=x" not in page
    assert 'id="model" value="gemini-2.5-pro"' in page


@pytest.mark.parametrize(
    ("query", "dialect", "model"),
    [
        ({}, "openai_chat", "gemini-2.5-pro"),
        ({"dialect": "gemini", "model": "fast"}, "gemini", "fast"),
        ({"dialect": "klingon", "model": "x" * 999}, "openai_chat", "x" * 255),
    ],
)
def test_an_address_chooses_what_it_begins_with(
    inside: Client, query: dict[str, str], dialect: str, model: str
) -> None:
    page = inside.get(PAGE, query).content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == [dialect]
    assert f'id="model" value="{model}"' in page


def test_what_is_sent_has_no_name_in_a_form(inside: Client) -> None:
    # A form that a broken script lets through would write them into an address.
    page = inside.get(PAGE).content.decode()
    fields = re.findall(r'<(?:input|textarea)[^>]*id="(\w+)"[^>]*>', page)
    assert {"key", "message", "system", "image", "limit"} <= set(fields)
    assert not re.search(r'<(?:input|textarea)[^>]*id="(?:key|message|system)"[^>]* name=', page)
    assert '<form class="card" id="ask" method="post"' in page


def test_without_scripts_it_says_so(inside: Client) -> None:
    page = inside.get(PAGE).content.decode()
    said = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert said is not None
    assert "does not work without scripts" in said[1]
    assert '<div class="play" id="play" hidden>' in page


def test_every_code_has_its_advice(inside: Client) -> None:
    page = inside.get(PAGE).content.decode()
    assert '<li data-code="insufficient_quota">Grant the key more units' in page


def test_a_key_is_made_and_shown_once(inside: Client) -> None:
    answer = inside.post(KEY)
    made = answer.json()
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    key = listing.find(made["api_key"], settings.POTLUCK_PEPPER)
    assert key is not None
    assert (key.pk, key.description, key.total_quota) == (made["id"], "Playground", 1_000)
    assert key.expires_at is not None
    assert abs(key.expires_at - timezone.now() - timedelta(days=1)) < timedelta(minutes=1)
    assert made["api_key"] not in inside.get(PAGE).content.decode()


def test_the_trail_has_the_key_but_not_its_text(inside: Client) -> None:
    made = inside.post(KEY).json()
    (entry,) = AuditEntry.objects.filter(action="key.create")
    assert entry.target == f"key {made['id']}"
    assert json.loads(entry.after)["total_quota"] == 1_000
    assert made["api_key"] not in f"{entry.before}{entry.after}"


def test_only_the_administrator_gets_one(site: Client, inside: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = inside.cookies
    assert strict.post(KEY).status_code == 403
    assert inside.get(KEY).status_code == 405
    assert Client().post(KEY)["Location"].startswith("/login")
    assert not ApiKey.objects.exists()


def test_the_scripts_keep_nothing() -> None:
    scripts = ("playground", "tongues", "snippets", "sse")
    text = "".join((ROOT / f"static/js/{each}.js").read_text(encoding="utf-8") for each in scripts)
    assert re.findall(r"localStorage|sessionStorage|document\.cookie|innerHTML|eval\(", text) == []
