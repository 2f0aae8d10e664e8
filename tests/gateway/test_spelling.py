from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from gateway import kinds, spelling
from gateway.config import BY_NAME, SETTINGS
from gateway.setting import Setting

USUAL = [each for each in SETTINGS if not each.is_secret]


@pytest.mark.parametrize("setting", USUAL, ids=lambda each: each.name)
def test_a_default_is_read_back_from_its_text(setting: Setting) -> None:
    text = spelling.typed(setting.default)
    if text or setting.default == ():
        assert setting.kind.parse(text) == setting.default


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MODEL_ALIASES", "fast=gemini-2.5-flash,slow=gemini-2.5-pro"),
        ("WHITELIST_IPS", "10.0.0.0/8,::1/128"),
        ("QUOTA_RESET_TIME", "07:00"),
        ("QUOTA_RESET_TIME", "07:00:30"),
        ("KEEPALIVE_INTERVAL", "1234.5678"),
        ("KEEPALIVE_INTERVAL", "3600"),
        ("MODEL_VARIANTS", "thinking,search"),
        ("AUTO_BAN", "false"),
        ("LOG_LEVEL", "debug"),
        ("MAX_REQUESTS_PER_DAY_PER_IP", "5"),
    ],
)
def test_a_value_is_typed_as_it_was(name: str, text: str) -> None:
    assert spelling.typed(BY_NAME[name].kind.parse(text)) == text


@pytest.mark.parametrize(
    ("name", "word", "choices"),
    [
        ("AUTO_BAN", "flag", ("true", "false")),
        ("LOG_LEVEL", "choice", ("debug", "info", "warning", "error")),
        ("HISTORY_IMAGE_SUBMIT_TYPE", "choice", ("last", "all")),
        ("AUTO_BAN_STRIKES", "integer", ()),
        ("KEEPALIVE_INTERVAL", "number", ()),
        ("MODEL_EXCLUDE", "list", ()),
        ("HOST_URL", "text", ()),
        ("REDIS_URL", "secret", ()),
    ],
)
def test_each_kind_has_its_field(name: str, word: str, choices: tuple[str, ...]) -> None:
    setting = BY_NAME[name]
    assert spelling.word(setting.kind, is_secret=setting.is_secret) == word
    assert spelling.choices(setting.kind) == choices


def test_a_list_of_choices_says_which() -> None:
    assert "fake-stream" in spelling.choices(BY_NAME["MODEL_VARIANTS"].kind)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (kinds.Integer(1, 5), "A whole number from 1 to 5."),
        (kinds.Seconds(0.1, 600), "A number of seconds from 0.1 to 600."),
        (kinds.Many(kinds.Pair(), "x"), "Pairs as left=right, separated by commas."),
        (kinds.Many(kinds.Integer(400, 599), "x"), "Whole numbers from 400 to 599, separated"),
        (kinds.Text(8), "Text of at least 8 characters."),
        (kinds.Text(1), "Text that is not empty."),
        (kinds.Text(), ""),
    ],
)
def test_it_is_said_what_is_expected(kind: kinds.Kind[Any], said: str) -> None:
    with translation.override("en"):
        assert spelling.expects(kind).startswith(said)
        assert bool(spelling.expects(kind)) == bool(said)
