"""What records call a credential is changed afterwards, wherever it stands."""

from __future__ import annotations

import json

import pytest

from keys import labels, requests
from keys.models import RequestRecord
from tests.support.records import record

NAMES = {7: "contribution 3"}
OTHER = [8, "the operator's", "Succeeded", "", 0.2]


def entry(reason: str = "") -> list[object]:
    return [7, "anna@mail.test", "RateLimited", reason, 0.1]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_name_is_changed_and_nothing_else(separators: tuple[str, str]) -> None:
    said = 'a quote: [7,"x", and "anna"'
    text = json.dumps([entry(said), OTHER], separators=separators)
    found = json.loads(labels.renamed(text, NAMES))
    assert found == [[7, "contribution 3", "RateLimited", said, 0.1], OTHER]


@pytest.mark.parametrize("room", range(len('[[7,"a'), 30))
def test_a_text_that_was_cut_holds_no_name_either(room: int) -> None:
    text = json.dumps([[7, 'a"\\nna@mail.test', "RateLimited", "", 0.1]], separators=(",", ":"))
    assert "nna" not in labels.renamed(text[:room], NAMES)


@pytest.mark.django_db
def test_all_records_are_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "PIECE", 2)
    for number in range(5):
        record(f"r{number}", credential_id=7, credential_label="anna@mail.test")
    record("other", credential_id=8, attempts=json.dumps([entry(), OTHER]))
    record("none", credential_id=None, credential_label="")
    assert labels.rename(NAMES) == 6
    assert labels.rename(NAMES) == 0
    stored = str(list(RequestRecord.objects.values()))
    assert "anna" not in stored and stored.count("contribution 3") == 6 and "of Ada" in stored
    found = requests.find("other")
    assert found is not None and requests.tried(found)[0].label == "contribution 3"


@pytest.mark.django_db
def test_what_came_since_is_gone_through_the_next_time() -> None:
    record("before")
    assert labels.rename({}) == 0
    record("after", credential_label="anna@mail.test")
    assert labels.rename(NAMES) == 1
    assert requests.find("before").credential_label == "of Ada"  # type: ignore[union-attr]
