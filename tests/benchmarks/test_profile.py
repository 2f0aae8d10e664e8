"""Folded stacks as shares of functions."""

from __future__ import annotations

from benchmarks.profile import Share, folders, shares


def test_a_function_counts_once_a_stack_however_deep_it_recurses() -> None:
    folded = "main (a.py:1);walk (a.py:9);walk (a.py:12) 3\nmain (a.py:2) 1\n"
    assert shares(folded) == [
        Share("walk (a.py)", 0.75, 0.75),
        Share("main (a.py)", 0.25, 1.0),
    ]


def test_functions_are_summed_by_folder() -> None:
    found = [
        Share("a (keys/a.py)", 0.25, 1.0),
        Share("b (proxy/dialects/b.py)", 0.25, 0.25),
        Share("<lambda> (keys/c.py)", 0.5, 0.5),
    ]
    assert [(each.name, each.own) for each in folders(found)] == [
        ("keys", 0.75),
        ("proxy/dialects", 0.25),
    ]
