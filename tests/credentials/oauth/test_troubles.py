from __future__ import annotations

import pytest
from django.utils import translation

from credentials.oauth.troubles import FlowError, Trouble, sentence


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_a_sentence(trouble: Trouble) -> None:
    assert sentence(trouble).endswith(".")
    assert str(FlowError(trouble)) == sentence(trouble)


def test_the_provider_s_code_stands_behind_it() -> None:
    assert str(FlowError(Trouble.REFUSED, "org_internal")).endswith("(org_internal)")


@pytest.mark.parametrize("code", ["<b>", "Not a code", "x" * 41, "a\nb", "\u202eabc"])
def test_what_does_not_look_like_a_code_is_not_repeated(code: str) -> None:
    error = FlowError(Trouble.REFUSED, code)
    assert (error.code, str(error)) == ("", sentence(Trouble.REFUSED))


def test_a_trouble_of_another_version_is_one_of_ours() -> None:
    assert sentence("renamed since") == sentence(Trouble.INTERNAL)
    assert sentence("") == ""


def test_it_is_said_in_the_language_of_the_reader() -> None:
    error = FlowError(Trouble.BUSY)
    with translation.override("en"):
        assert str(error).startswith("Too many")
