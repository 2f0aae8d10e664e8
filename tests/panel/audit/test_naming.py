from __future__ import annotations

import pytest
from django.utils.translation import override

from panel.audit import naming


@pytest.mark.parametrize(
    "text", ["key 12", "keys 1 to 9", "credential 3", "credentials 3 to 9", "all credentials"]
)
def test_a_target_is_said_as_it_was_written_in_english(text: str) -> None:
    with override("en"):
        assert naming.target(text) == text


@pytest.mark.parametrize("text", ["", "AUTO_BAN", "keys.txt", "key twelve", "key 1 to", "gemini-*"])
def test_what_is_no_key_or_credential_stays_as_it_is(text: str) -> None:
    with override("zh-hans"):
        assert naming.target(text) == text


def test_a_field_without_words_has_its_own_name() -> None:
    with override("en"):
        assert naming.field("rpm") == "requests a minute"
        assert naming.field("strange_name") == "strange_name"
