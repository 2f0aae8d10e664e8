from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.anthropic.ids import Ids, fitted, minted
from proxy.ir import Role, ToolCall, ToolResult, Turn

FITS = re.compile(r"[a-zA-Z0-9_-]+")


@given(st.text(min_size=1), st.text(min_size=1))
def test_ids_fit_and_differ(one: str, other: str) -> None:
    assert FITS.fullmatch(fitted(one))
    assert fitted(one) == fitted(one)
    assert (fitted(one) == fitted(other)) is (one == other)


def test_an_id_that_fits_is_left_alone() -> None:
    assert fitted("toolu_01-a") == "toolu_01-a"


def test_a_minted_id_is_the_same_on_each_reading() -> None:
    assert minted("msg_1", 0) == minted("msg_1", 0) != minted("msg_1", 1)
    assert FITS.fullmatch(minted("msg_1", 0))


def ids(*calls: ToolCall) -> Ids:
    made = Ids([Turn(Role.MODEL, calls)])
    for call in calls:
        made.asked(call)
    return made


def test_a_made_id_is_nobody_elses() -> None:
    calls = [ToolCall("toolu_0", "f"), ToolCall("", "f")]
    made = Ids([Turn(Role.MODEL, tuple(calls))])
    assert [made.asked(call) for call in calls] == ["toolu_0", "toolu_1"]


def test_a_result_without_an_id_answers_the_oldest_of_its_name() -> None:
    made = ids(ToolCall("a", "f"), ToolCall("b", "g"), ToolCall("c", "f"))
    names = ["g", "f", "", "f"]
    found = [made.answered(ToolResult("", (), name=name)) for name in names]
    assert found == ["b", "a", "c", "toolu_0"]


def test_a_result_for_nobody_keeps_its_id() -> None:
    assert ids().answered(ToolResult("x:1", ())) == fitted("x:1")


def test_the_same_id_may_be_asked_again_later() -> None:
    made = ids(ToolCall("a", "f"))
    assert made.answered(ToolResult("a", ())) == "a"
    assert made.answered(ToolResult("a", ())) == "a"
