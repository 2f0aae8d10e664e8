"""Stored answers: found by their owner only, sealed, and never too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys import services
from keys.answers import Shelf
from keys.models import StoredAnswer
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALICE, BOB = 1, 2


def seal(text: str) -> bytes:
    return b"sealed:" + text.encode()[::-1]


def unseal(token: bytes) -> str | None:
    return token.removeprefix(b"sealed:")[::-1].decode() if token.startswith(b"sealed:") else None


def shelf(using: str, **limits: Any) -> Shelf:
    return Shelf(seal, unseal, life=timedelta(hours=24), using=using, **limits)


def names(using: str) -> set[str]:
    return set(StoredAnswer.objects.using(using).values_list("name", flat=True))


def test_an_answer_is_read_as_it_was_written(using: str) -> None:
    kept = shelf(using)
    record = '{"input":"é🙂\u2028"}'.encode()
    kept.write(ALICE, "resp_1", record, NOW)
    assert kept.read(ALICE, "resp_1", NOW) == record
    row = StoredAnswer.objects.using(using).get()
    assert b"input" not in bytes(row.sealed)
    assert row.size == len(bytes(row.sealed))


def test_another_key_finds_and_deletes_nothing(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b"{}", NOW)
    assert kept.read(BOB, "resp_1", NOW) is None
    assert not kept.delete(BOB, "resp_1", NOW)
    assert kept.read(ALICE, "resp_1", NOW) == b"{}"


def test_two_keys_may_have_the_same_id(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b'"a"', NOW)
    kept.write(BOB, "resp_1", b'"b"', NOW)
    assert [kept.read(key, "resp_1", NOW) for key in (ALICE, BOB)] == [b'"a"', b'"b"']


def test_a_row_that_was_moved_to_another_key_stays_shut(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b"{}", NOW)
    StoredAnswer.objects.using(using).update(key_id=BOB)
    assert kept.read(BOB, "resp_1", NOW) is None


def test_the_same_answer_is_kept_once(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b'"old"', NOW)
    kept.write(ALICE, "resp_1", b'"new"', NOW)
    assert kept.read(ALICE, "resp_1", NOW) == b'"new"'
    assert StoredAnswer.objects.using(using).count() == 1


def test_a_deleted_answer_is_gone(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b"{}", NOW)
    assert kept.delete(ALICE, "resp_1", NOW)
    assert not kept.delete(ALICE, "resp_1", NOW)
    assert names(using) == set()


def test_an_expired_answer_is_not_found_even_before_it_is_pruned(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b"{}", NOW)
    later = NOW + timedelta(hours=24)
    assert kept.read(ALICE, "resp_1", later - timedelta(seconds=1)) == b"{}"
    assert kept.read(ALICE, "resp_1", later) is None
    assert not kept.delete(ALICE, "resp_1", later)


def test_what_no_key_opens_is_not_there(using: str) -> None:
    kept = shelf(using)
    kept.write(ALICE, "resp_1", b"{}", NOW)
    StoredAnswer.objects.using(using).update(sealed=b"other")
    assert kept.read(ALICE, "resp_1", NOW) is None


@pytest.mark.parametrize("limits", [{"most": 2}, {"weight": 60}], ids=["many", "large"])
def test_the_oldest_of_a_key_go_first(using: str, limits: Any) -> None:
    kept = shelf(using, **limits)
    kept.write(BOB, "resp_bob", b"{}", NOW - timedelta(hours=1))
    for number in range(4):
        kept.write(ALICE, f"resp_{number}", b'"12345678"', NOW + timedelta(minutes=number))
    assert names(using) == {"resp_bob", "resp_2", "resp_3"}


def test_pruning_forgets_what_expired_and_what_deleted_keys_had(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keys.answers._BATCH", 2)
    kept = shelf(bank.using)
    here, gone = bank.key().pk, bank.key().pk
    for number in range(5):
        kept.write(here, f"resp_{number}", b"{}", NOW - timedelta(hours=12 * number))
        kept.write(gone, f"resp_{number}", b"{}", NOW)
    services.revoke(gone, using=bank.using)
    assert kept.prune(NOW) == 8
    assert names(bank.using) == {"resp_0", "resp_1"}
    assert StoredAnswer.objects.using(bank.using).count() == 2
