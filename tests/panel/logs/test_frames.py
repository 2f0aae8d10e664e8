from __future__ import annotations

import json
from datetime import UTC, datetime

from panel.logs.frames import Frame, Frames
from panel.logs.ring import Line, Ring
from panel.logs.wanted import Wanted

ALL = Wanted()
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def said(*texts: str) -> Ring:
    ring = Ring(lambda text: text)
    for text in texts:
        ring.append(0.0, 20, "potluck", text)
    return ring


def texts(frame: Frame) -> list[str]:
    return [line["text"] for line in json.loads(frame.text)["lines"]] if frame.text else []


def test_viewers_at_the_same_place_share_a_frame() -> None:
    frames = Frames(said("one", "two"))
    first, second = frames.next(ALL, 0), frames.next(ALL, 0)
    assert texts(first) == ["one", "two"]
    assert first is second


def test_who_wants_something_else_gets_something_else() -> None:
    frames = Frames(said("one", "two"))
    assert texts(frames.next(ALL, 1)) == ["two"]
    assert texts(frames.next(Wanted(text="one"), 0)) == ["one"]
    assert frames.next(Wanted(level="error"), 0) == Frame("", 2, more=False)


def test_a_new_line_is_in_the_next_frame() -> None:
    ring = said("one")
    frames = Frames(ring)
    assert frames.next(ALL, 1) == Frame("", 1, more=False)
    ring.append(0.0, 20, "potluck", "two")
    frames.forget()
    assert texts(frames.next(ALL, 1)) == ["two"]


def test_who_comes_a_moment_later_gets_the_same_frame() -> None:
    ring = said("one")
    frames = Frames(ring)
    first = frames.next(ALL, 0)
    ring.append(0.0, 20, "potluck", "two")
    assert frames.next(ALL, 0) is first


def test_a_frame_says_whether_there_is_more() -> None:
    frames = Frames(said(*(["x"] * 501)))
    first = frames.next(ALL, 0)
    assert (first.last, first.more) == (500, True)
    assert (frames.next(ALL, 500).last, frames.next(ALL, 500).more) == (501, False)


def test_what_did_not_arrive_from_another_process_is_skipped() -> None:
    ring = said("one")
    ring.take(Line(9, NOW, "debug", "potluck", "theirs", process="two"), lost=3)
    assert json.loads(Frames(ring).next(ALL, 0).text)["skipped"] == 3


def test_what_was_cleared_is_in_no_frame_until_it_is_back() -> None:
    ring = said("one")
    frames = Frames(ring)
    assert texts(frames.next(ALL, 0)) == ["one"]
    _gone, before = ring.clear()
    assert texts(frames.next(ALL, 0)) == []
    ring.restore(before)
    assert texts(frames.next(ALL, 0)) == ["one"]
