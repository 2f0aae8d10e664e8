from __future__ import annotations

import json

from panel.logs.frames import Frames
from panel.logs.ring import Ring
from panel.logs.wanted import Wanted

ALL = Wanted()


def said(*texts: str) -> Ring:
    ring = Ring(lambda text: text)
    for text in texts:
        ring.append(0.0, 20, "potluck", text)
    return ring


def texts(frame: tuple[str, int]) -> list[str]:
    return [line["text"] for line in json.loads(frame[0])["lines"]] if frame[0] else []


def test_viewers_at_the_same_place_share_a_frame() -> None:
    frames = Frames(said("one", "two"))
    first, second = frames.next(ALL, 0), frames.next(ALL, 0)
    assert texts(first) == ["one", "two"]
    assert first is second


def test_who_wants_something_else_gets_something_else() -> None:
    frames = Frames(said("one", "two"))
    assert texts(frames.next(ALL, 1)) == ["two"]
    assert texts(frames.next(Wanted(text="one"), 0)) == ["one"]
    assert frames.next(Wanted(level="error"), 0) == ("", 2)


def test_a_new_line_is_in_the_next_frame() -> None:
    ring = said("one")
    frames = Frames(ring)
    assert frames.next(ALL, 1) == ("", 1)
    ring.append(0.0, 20, "potluck", "two")
    assert texts(frames.next(ALL, 1)) == ["two"]


def test_what_was_cleared_is_in_no_frame_until_it_is_back() -> None:
    ring = said("one")
    frames = Frames(ring)
    assert texts(frames.next(ALL, 0)) == ["one"]
    _gone, before = ring.clear()
    assert texts(frames.next(ALL, 0)) == []
    ring.restore(before)
    assert texts(frames.next(ALL, 0)) == ["one"]
