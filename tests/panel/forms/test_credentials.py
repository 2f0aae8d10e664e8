from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from gateway.providers import ProviderConfig
from panel.forms.credentials import CapsForm, CareForm, PasteForm, providers
from tests.support.site import real_settings, site

__all__ = ["real_settings", "site"]

pytestmark = pytest.mark.usefixtures("site")

KEY = "AIzaSy-a-key-of-nobody-0123456789"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weight", "0"),
        ("weight", "1001"),
        ("day_cap", "-1"),
        ("minute_cap", "9" * 30),
        ("pro_cap", "many"),
        ("proxy", "ftp://x"),
        ("proxy", "socks5://a b:1"),
        ("proxy", "http://user:word@" + "x" * 600),
        ("base_url", "javascript:alert(1)"),
        ("base_url", "https://user@x.example"),
        ("label", "x" * 201),
        ("label", "a\0b"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(field: str, value: str) -> None:
    form = CareForm({"label": "Ada", field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert "user:word" not in str(form.errors)


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("proxy", " direct ", "direct"),
        ("proxy", "socks5://user:word@proxy.example:1080", "socks5://user:word@proxy.example:1080"),
        ("base_url", "https://x.example/v1/", "https://x.example/v1"),
        ("day_cap", "50", 50),
        ("weight", "", None),
    ],
)
def test_what_can_be_is_read(field: str, value: str, read: Any) -> None:
    form = CareForm({field: value})
    assert form.is_valid()
    assert form.cleaned_data[field] == read


def test_an_empty_cap_is_left_alone_and_nought_is_none() -> None:
    form = CapsForm({"minute_cap": "", "day_cap": "0", "pro_cap": "9"})
    assert form.is_valid()
    assert form.caps == {"day_cap": 0, "pro_cap": 9}


def test_what_is_folded_opens_when_it_is_wrong() -> None:
    assert CareForm({"proxy": "ftp://x"}).open
    assert not CareForm({"label": "x" * 201}).open


@pytest.mark.parametrize("label", [KEY, KEY[4:20]])
def test_a_key_is_no_label(label: str) -> None:
    form = PasteForm({"provider": "gemini", "keys": KEY, "label": label})
    assert list(form.errors) == ["label"]


def test_a_configured_provider_is_offered_once() -> None:
    own = [ProviderConfig(name, "https://x.example/v1") for name in ("cheap", "openai")]
    with override_settings(POTLUCK=replace(settings.POTLUCK, providers=tuple(own))):
        names = [name for name, _label in providers()]
        assert PasteForm({"provider": "cheap", "keys": KEY}).is_valid()
    assert names == ["gemini", "openai", "anthropic", "vertex", "cheap"]
