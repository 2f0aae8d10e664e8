"""What the operator may change in a request."""

from __future__ import annotations

import pytest

from proxy.dialects.base import JSON, Loss
from proxy.ir import Dialect, Media, Part, Request, Role, Text, ToolResult, Turn
from proxy.registry import BY_DIALECT
from proxy.shaping import Images, as_user_turns, history_images

OLD, NEW = Media("image/png", data="b2xk"), Media("", url="https://example.com/new")
SOUND = Media("audio/wav", data="AAAA")
HI = Text("hi")


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts)


def model(*parts: Part) -> Turn:
    return Turn(Role.MODEL, parts)


def request(*turns: Turn) -> Request:
    return Request(model="m", turns=turns)


def kept(*turns: Turn) -> tuple[tuple[Turn, ...], list[str]]:
    found, losses = history_images(request(*turns), Images.LAST)
    assert {loss.field for loss in losses} <= {"images"}
    return found.turns, [loss.where for loss in losses]


def test_only_the_newest_images_of_the_user_are_sent() -> None:
    before = user(HI, OLD), model(HI), user(NEW, HI)
    assert kept(*before) == ((user(HI), model(HI), user(NEW, HI)), ["turns[0].parts[1]"])


def test_a_later_turn_without_images_does_not_count() -> None:
    assert kept(user(OLD), user(NEW, HI), user(HI)) == (
        (user(NEW, HI), user(HI)),
        ["turns[0].parts[0]"],
    )


def test_what_the_model_drew_goes_when_it_is_older_and_stays_when_newer() -> None:
    turns, where = kept(model(OLD, HI), user(NEW), model(OLD))
    assert turns == (model(HI), user(NEW), model(OLD))
    assert where == ["turns[0].parts[0]"]


def test_without_an_image_of_the_user_the_last_one_drawn_is_sent() -> None:
    turns, where = kept(user(HI), model(OLD, HI), user(HI), model(NEW), user(HI))
    assert turns == (user(HI), model(HI), user(HI), model(NEW), user(HI))
    assert where == ["turns[1].parts[0]"]


def test_a_tools_result_stays_without_its_images() -> None:
    turns, where = kept(user(ToolResult("1", (HI, OLD)), ToolResult("2", (OLD,))), user(NEW))
    assert turns == (user(ToolResult("1", (HI,)), ToolResult("2", ())), user(NEW))
    assert where == ["turns[0].parts[0].parts[1]", "turns[0].parts[1].parts[0]"]


@pytest.mark.parametrize(
    "part",
    [
        SOUND,
        Media("application/pdf", url="https://e.com"),
        Media("", url="https://e.com", name="n"),
    ],
)
def test_only_images_go(part: Media) -> None:
    assert kept(user(part), user(NEW)) == ((user(part), user(NEW)), [])


@pytest.mark.parametrize(
    ("url", "goes"), [("data:image/png;base64,AA==", True), ("data:audio/wav;base64,AA==", False)]
)
def test_a_data_url_tells_its_kind(url: str, goes: bool) -> None:
    assert bool(kept(user(Media("", url=url)), user(NEW))[1]) is goes


def test_all_sends_all() -> None:
    before = request(user(OLD), user(NEW))
    assert history_images(before, Images.ALL) == (before, [])


@pytest.mark.parametrize("turns", [(), (user(HI),), (user(OLD, NEW),), (user(HI), user(NEW))])
def test_what_needs_no_change_is_not_copied(turns: tuple[Turn, ...]) -> None:
    before = request(*turns)
    found, losses = history_images(before, Images.LAST)
    assert found is before
    assert losses == []


def test_a_loss_is_said_by_its_short_name() -> None:
    _, losses = history_images(request(user(OLD), user(NEW)), Images.LAST)
    assert losses == [Loss("images", "turns[0].parts[0]")]


def test_system_turns_become_the_users_at_their_place() -> None:
    system = Turn(Role.SYSTEM, (HI,))
    before = request(system, user(NEW), system, model(HI))
    assert as_user_turns(before) == request(user(HI), user(NEW), user(HI), model(HI))


def test_without_system_turns_nothing_changes() -> None:
    before = request(user(HI))
    assert as_user_turns(before) is before


SAID: dict[Dialect, JSON] = {
    Dialect.OPENAI_CHAT: {
        "model": "m",
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "U"},
            {"role": "developer", "content": [{"type": "text", "text": "D"}]},
        ],
    },
    Dialect.OPENAI_RESPONSES: {
        "model": "m",
        "instructions": "S",
        "input": [{"role": "user", "content": "U"}, {"role": "developer", "content": "D"}],
    },
    Dialect.ANTHROPIC: {
        "model": "m",
        "max_tokens": 9,
        "system": [{"type": "text", "text": "S"}, {"type": "text", "text": "D"}],
        "messages": [{"role": "user", "content": "U"}],
    },
    Dialect.GEMINI: {
        "systemInstruction": {"parts": [{"text": "S"}, {"text": "D"}]},
        "contents": [{"role": "user", "parts": [{"text": "U"}]}],
    },
}


@pytest.mark.parametrize("heard", SAID)
@pytest.mark.parametrize("spoken", SAID)
def test_no_dialect_says_them_as_system_text_again(heard: Dialect, spoken: Dialect) -> None:
    parsed = BY_DIALECT[heard].codec.parse_request(SAID[heard], model="gemini-2.5-flash")
    body = BY_DIALECT[spoken].codec.render_request(as_user_turns(parsed)).body
    assert not {"system", "systemInstruction", "instructions"} & body.keys()
    text = repr(body)
    assert "developer" not in text
    assert "'role': 'system'" not in text
    assert all(f"'{letter}'" in text for letter in "SUD")
