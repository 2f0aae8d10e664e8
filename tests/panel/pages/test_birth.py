from __future__ import annotations

import csv
import dataclasses
import io
import re
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client, override_settings

from keys.models import ApiKey, HandOut
from panel.pages.birth import _harmless

pytestmark = pytest.mark.django_db

NEW = "/api-key-admin/new"
FIELDS = {"description": "Ada", "total_quota": "500", "count": "1", "time_zone": "UTC"}
SECRET = r"sk-[\w-]{43}"


def test_a_new_key_is_shown_once_with_lines_that_are_ready(inside: Client) -> None:
    answer = inside.post(NEW, FIELDS)
    page = answer.content.decode()
    assert answer.status_code == 201
    found = re.search(rf'id="secret">({SECRET})<', page)
    assert found is not None
    for tool in ("curl", "OpenAI SDK", "Claude Code", "Gemini CLI", "Codex", "Chatbox"):
        assert tool in page
    key = ApiKey.objects.get()
    assert key.total_quota == 500
    assert found[1] not in inside.get(f"/api-key-admin/{key.pk}").content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_a_link_hands_it_out_to_the_first_who_asks(inside: Client) -> None:
    page = inside.post(NEW, FIELDS | {"links": "on"}).content.decode()
    secret, token = re.search(SECRET, page), re.search(r"/key/([\w-]{43})", page)
    assert secret is not None
    assert token is not None
    stranger = Client()
    link = f"/key/{token[1]}"
    assert secret[0] not in stranger.get(link).content.decode()
    assert secret[0] in stranger.post(link).content.decode()
    assert stranger.post(link).status_code == 410


def test_the_form_begins_with_the_time_zone_of_the_settings(inside: Client) -> None:
    config = dataclasses.replace(settings.POTLUCK, time_zone="Asia/Shanghai")
    with override_settings(POTLUCK=config):
        assert 'value="Asia/Shanghai"' in inside.get(NEW).content.decode()


def test_no_link_is_made_where_none_is_wanted(inside: Client) -> None:
    assert "/key/" not in inside.post(NEW, FIELDS).content.decode()
    assert not HandOut.objects.exists()


def test_a_batch_is_a_table_to_keep(inside: Client) -> None:
    page = inside.post(NEW, FIELDS | {"count": "3", "links": "on"}).content.decode()
    found = re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', page)
    assert found is not None
    rows = list(csv.reader(io.StringIO(unquote(found[1]).lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["label", "Ada 1", "Ada 2", "Ada 3"]
    assert all(re.fullmatch(SECRET, row[1]) for row in rows[1:])
    assert all("/key/" in row[3] for row in rows[1:])


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("networks", "my house", "Write addresses or networks"),
        ("time_zone", "Mars/Base", "Write a time zone"),
        ("model_daily", "gemini", "Write one model=units a line"),
        ("total_quota", "-1", "greater than or equal to 0"),
        ("count", "5000", "less than or equal to 1000"),
        ("expires_at", "soon", "Enter a valid date"),
        ("expires_at", "2020-01-01", "This day is over already."),
    ],
)
def test_an_error_stands_beside_its_field(
    inside: Client, field: str, value: str, words: str
) -> None:
    answer = inside.post(NEW, FIELDS | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'id="id_{field}_error"' in page
    assert 'value="Ada"' in page
    assert not ApiKey.objects.exists()


def test_no_quota_is_no_limit(inside: Client) -> None:
    inside.post(NEW, FIELDS | {"total_quota": ""})
    assert ApiKey.objects.get().total_quota is None


def test_the_sheet_gets_the_form_alone(inside: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "sheet-body"}
    page = inside.get(NEW, headers=headers).content.decode()
    assert "<html" not in page
    assert 'name="description"' in page


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@x"])
def test_a_label_is_no_formula(label: str) -> None:
    assert _harmless(label) == f"'{label}"
