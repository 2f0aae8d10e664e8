"""Cores and /proc."""

from __future__ import annotations

import os

import pytest

from benchmarks import processes
from benchmarks.processes import Cores


@pytest.mark.parametrize(
    ("allowed", "cores"),
    [([5], Cores(5, 5, 5)), ([0, 1], Cores(0, 1, 1)), ([0, 1, 2, 3], Cores(0, 1, 3))],
    ids=["one", "two", "four"],
)
def test_the_subject_has_a_core_for_itself_where_it_can(allowed: list[int], cores: Cores) -> None:
    assert processes.share_out(allowed) == cores


def test_cpu_time_is_user_and_system() -> None:
    fields = ["S", *("0" for _ in range(10)), "120", "30", "0"]
    assert processes.ticks(fields) == 150


def test_a_process_is_in_its_own_tree() -> None:
    assert processes.tree(os.getpid())[0] == os.getpid()
    assert processes.rss_bytes(os.getpid()) > 1 << 20


@pytest.mark.parametrize(
    ("status", "said"), [("9", "by signal 9"), (str(3 << 8), "with 3")], ids=["killed", "exit"]
)
def test_it_says_how_a_process_ended(status: str, said: str) -> None:
    assert said in processes.exit_text(["Z", "0", status])
