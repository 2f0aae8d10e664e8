"""What may be in an address that somebody pasted."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.oauth.answer import LONGEST, Answer, read

GOOD = Answer(state="s", code="c/1")


@pytest.mark.parametrize(
    "address",
    [
        "/auth/callback?code=c%2F1&state=s",
        "http://localhost:8085/callback?state=s&code=c/1&scope=a+b",
        "  https://any.where/else?code=c/1&state=s#fragment \n",
        "http://localhost:8085/callback?co\n  de=c/1&state=s",
        "code=c/1&state=s",
        "javascript:alert(1)?code=c/1&state=s",
    ],
)
def test_only_the_query_counts(address: str) -> None:
    assert read(address) == GOOD


def test_a_refusal_and_the_issuer_are_read() -> None:
    found = read("?error=access_denied&error_description=<b>&state=s&iss=https%3A%2F%2Fa.test")
    assert found == Answer(state="s", error="access_denied", iss="https://a.test")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://potluck.test/auth/callback",
        "?code=c",
        "?state=s",
        "?code=&state=s",
        "?code=c&state=",
        "?code=c&error=access_denied&state=s",
        "?code=c&code=d&state=s",
        "?code=c&state=s&state=t",
        "?code=c&state=s&iss=a&iss=b",
        "?code=%00&state=s",
        "?code=%E4%B8%AD&state=s",
        "?code=%ff&state=s",
        f"?code={'c' * 4_097}&state=s",
        "?state=s&code=" + "c" * LONGEST,
        "?" + "&".join(f"a{n}=b" for n in range(100)) + "&code=c&state=s",
    ],
    ids=range(16),
)
def test_what_is_no_answer_is_refused_without_being_quoted(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|fields") as caught:
        read(address)
    assert "ccc" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert read(f"?{text}").state


def test_a_code_is_not_shown() -> None:
    assert "planted" not in repr(read("?code=planted&state=planted"))
