"""Channels of new-api."""

from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.importers import channels, jsonfile
from credentials.importers.entry import Entry, Model, Remark
from credentials.kinds import Kind
from tests.credentials.fakes import pem
from tests.credentials.importers import FIXTURES

HOST = "https://upstream.example"


def only(**item: Any) -> Entry:
    (entry,) = channels.take({"models": "", "key": "planted", **item}) or []
    assert isinstance(entry, Entry), str(entry)
    return entry


def test_a_listing_with_keys() -> None:
    pieces = jsonfile.read("channels.json", (FIXTURES / "new-api.json").read_text()) or []
    entries = [each for each in pieces if isinstance(each, Entry)]
    assert [(each.secret, each.kind, each.provider, each.base_url) for each in entries] == [
        ("planted-channel-openai", Kind.OPENAI, "", ""),
        ("planted-channel-claude", Kind.ANTHROPIC, "", f"{HOST}/anthropic"),
        ("planted-channel-1", Kind.GEMINI_API, "", HOST),
        ("planted-channel-2", Kind.GEMINI_API, "", HOST),
        ("planted-channel-relay", Kind.OPENAI_COMPATIBLE, "relay", f"{HOST}/openai/v1"),
    ]
    assert [each.enabled for each in entries] == [True, False, True, True, True]
    assert entries[-1].models == (Model("gpt-5-mini", "fast"), Model("gpt-5", "gpt-5"))
    assert (entries[0].weight, entries[0].label) == (100, "OpenAI 渠道")
    assert entries[-1].proxy == "direct"
    told = " ".join(str(each) for each in pieces if isinstance(each, Remark))
    for words in ("header_override", "account of Codex", "type 2 ", "lists channels without"):
        assert words in told
    assert "planted" not in told


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ({"type": 20, "name": "r"}, "https://openrouter.ai/api/v1"),
        ({"type": 20, "base_url": "https://x.example/v1/"}, "https://x.example/v1"),
        ({"type": 8, "base_url": "https://x.example/v2/chat/completions"}, "https://x.example/v2"),
        ({"type": 26}, "https://open.bigmodel.cn/api/paas/v4"),
        ({"type": 43, "base_url": None}, "https://api.deepseek.com/v1"),
    ],
)
def test_a_base_url_gets_what_new_api_adds_to_it(said: dict[str, Any], base: str) -> None:
    assert only(**said).base_url == base


def test_a_provider_is_named_by_its_channel_or_its_host() -> None:
    assert only(type=43, name="My 渠道").provider == "my"
    assert only(type=43, name="渠道").provider == "deepseek"


def test_vertex_channels_hold_service_accounts() -> None:
    robots = [{"type": "service_account", "client_email": "r@p", "private_key": pem()}] * 2
    item = {"type": 41, "key": json.dumps(robots), "other": '{"default": "us-central1"}'}
    pieces = channels.take({"models": "", "name": "v", **item}) or []
    entries = [each for each in pieces if isinstance(each, Entry)]
    assert [(each.kind, each.extra) for each in entries] == [
        (Kind.VERTEX, {"location": "us-central1"})
    ] * 2


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"type": 8}, "no base URL"),
        ({"type": 41, "key": "{planted"}, "no valid JSON"),
        ({"type": 41, "key": '[{"planted": 1}]'}, "no account"),
        ({"type": 24, "base_url": "planted"}, "base URL"),
        ({"type": 24, "setting": '{"proxy": "planted"}'}, "A proxy is"),
        ({"type": 24, "key": 7}, "has no key"),
        ({"type": 9_999}, "type 9999"),
    ],
)
def test_what_cannot_be_taken_is_told(said: dict[str, Any], says: str) -> None:
    (remark,) = channels.take({"models": "", "key": "planted", **said}) or []
    assert isinstance(remark, Remark)
    assert says in str(remark)
    assert "planted" not in str(remark)


@pytest.mark.parametrize("item", [{"type": 1}, {"type": "gemini", "models": ""}, {"models": ""}])
def test_what_is_no_channel_is_left_to_others(item: dict[str, Any]) -> None:
    assert channels.take(item) is None
