"""Offsets move with what was put in between."""

from __future__ import annotations

from proxy.dialects.openai_chat.shown import Shown


def test_offsets_after_a_block_move_and_others_do_not() -> None:
    shown = Shown()
    shown.said(2)
    shown.added(10)
    shown.said(3)
    assert (shown.start(1), shown.end(1)) == (1, 1)
    assert (shown.start(3), shown.end(5)) == (13, 15)


def test_at_the_blocks_own_place_a_source_ends_before_and_begins_after_it() -> None:
    shown = Shown()
    shown.said(2)
    shown.added(10)
    assert (shown.start(2), shown.end(2)) == (12, 2)
