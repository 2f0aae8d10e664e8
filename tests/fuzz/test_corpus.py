"""The promises of `targets`, kept for what broke them before and for a few changes of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fuzz.findings import Findings
from tests.fuzz.mutate import Mutator
from tests.fuzz.seeds import LONGEST, kept, synthetic
from tests.fuzz.targets import TARGETS, run

KEPT = [pytest.param(name, data, id=f"{name}-{at}") for at, (name, data) in enumerate(kept())]
CHANGES = 120


@pytest.mark.parametrize(("name", "data"), KEPT)
def test_what_was_found_stays_mended(name: str, data: bytes) -> None:
    assert name in TARGETS
    run(name, data)


@pytest.mark.parametrize("name", TARGETS)
def test_changed_inputs_break_nothing(name: str) -> None:
    begun = [data for target, data in synthetic() if target == name]
    mutator = Mutator(random.Random(name))
    for data in begun:
        mutator.learn(data)
    for at in range(CHANGES):
        run(name, mutator.mutated(begun[at % len(begun)])[:LONGEST])


def test_a_finding_is_written_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(data: bytes) -> None:
        raise KeyError(data)

    monkeypatch.setitem(TARGETS, "sse", breaks)
    findings = Findings(tmp_path)
    assert findings.run("sse", b"a") == findings.run("sse", b"b")
    assert (findings.runs, findings.count) == (2, 1)
    assert [one.read_bytes() for one in tmp_path.glob("sse-*") if not one.suffix] == [b"a"]


def test_a_refusal_is_no_finding(tmp_path: Path) -> None:
    findings = Findings(tmp_path)
    assert findings.run("gemini.request", b"{}") == "invalid_request contents"
    assert findings.count == 0
