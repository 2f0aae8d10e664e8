from __future__ import annotations

import threading
from itertools import count

from panel.memo import Memo


def test_it_makes_a_value_once_for_all_who_ask_in_that_time() -> None:
    memo, made = Memo[int](10), count(1)
    assert [memo.get("a", now, lambda: next(made)) for now in (0.0, 5.0, 9.9, 10.0)] == [1, 1, 1, 2]
    assert memo.get("b", 10.0, lambda: next(made)) == 3


def test_others_wait_instead_of_making_it_too() -> None:
    memo, made, gate = Memo[int](10), count(1), threading.Event()

    def slow() -> int:
        gate.wait(5)
        return next(made)

    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(memo.get("", 0.0, slow))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(5)
    assert found == [1, 1, 1, 1]


def test_it_can_be_told_to_forget() -> None:
    memo, made = Memo[int](10), count(1)
    memo.get("", 0.0, lambda: next(made))
    memo.clear()
    assert memo.get("", 1.0, lambda: next(made)) == 2
