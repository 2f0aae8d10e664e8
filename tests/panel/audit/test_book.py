"""The chain in a database: it stays one, and shows whatever was done to it by hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import override_settings

from panel.audit import book
from panel.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NOW = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.fixture(params=["default", "postgres"], ids=["sqlite", "postgres"])
def using(request: pytest.FixtureRequest) -> str:
    if request.param not in settings.DATABASES:
        pytest.skip("no PostgreSQL answers at POTLUCK_TEST_POSTGRES")
    return str(request.param)


def write(using: str, target: str = "key 1", **texts: str) -> int:
    entry = book.Entry(
        at=NOW, actor="administrator", address="", action="key.edit", target=target, **texts
    )
    return book.append(entry, using=using)[0]


def found(using: str) -> list[str]:
    return list(book.findings(using=using))


def test_a_trail_that_nobody_touched_is_unbroken(using: str) -> None:
    assert found(using) == []
    assert [write(using, after='{"描述":"a\\u0000"}') for _ in range(4)] == [1, 2, 3, 4]
    assert found(using) == []
    assert (
        book.broken(list(AuditEntry.objects.using(using).order_by("-id")[:3]), using=using) == set()
    )
    assert book.count(using=using) == 4


def test_many_at_once_follow_each_other(using: str) -> None:
    ready = Barrier(4)

    def busy(name: int) -> None:
        ready.wait()
        try:
            for place in range(8):
                with transaction.atomic(using=using):
                    write(using, f"{name} {place}")
        finally:
            connections[using].close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(busy, range(4)))
    rows = AuditEntry.objects.using(using)
    assert sorted(rows.values_list("id", flat=True)) == list(range(1, 33))
    assert found(using) == []


def test_what_is_rolled_back_leaves_no_gap(using: str) -> None:
    write(using)
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=using):
        write(using)
        raise ZeroDivisionError
    assert write(using) == 2
    assert found(using) == []


def swapped(using: str) -> None:
    """Two entries change places, seals and all."""
    every = AuditEntry.objects.using(using)
    every.filter(pk=2).update(id=99)
    every.filter(pk=3).update(id=2)
    every.filter(pk=99).update(id=3)


def added(using: str) -> None:
    row = AuditEntry.objects.using(using).get(pk=5)
    row.id, row.previous = 6, row.hash
    row.save(using=using, force_insert=True)


def cut(using: str) -> None:
    """The tail goes, and the head says what it said at entry 3."""
    AuditEntry.objects.using(using).filter(pk__gt=3).delete()
    last = AuditEntry.objects.using(using).get(pk=3)
    AuditHead.objects.using(using).update(count=3, hash=last.hash)


TAMPERED: dict[str, tuple[Callable[[str], object], str]] = {
    "changed": (
        lambda using: AuditEntry.objects.using(using).filter(pk=3).update(actor="bob"),
        "entry 3 (key.edit) is not as it was written.",
    ),
    "taken out": (
        lambda using: AuditEntry.objects.using(using).filter(pk=3).delete(),
        "entry 3 is missing.",
    ),
    "beginning": (
        lambda using: AuditEntry.objects.using(using).filter(pk__lt=3).delete(),
        "entries 1 to 2 are missing.",
    ),
    "end": (
        lambda using: AuditEntry.objects.using(using).filter(pk__gt=3).delete(),
        "entries 4 to 5 are missing.",
    ),
    "end and head": (cut, "the head of the trail is not as it was written."),
    "no head": (
        lambda using: AuditHead.objects.using(using).all().delete(),
        "the end of the trail is not known: its head is gone.",
    ),
    "swapped": (swapped, "entry 2 does not follow entry 1."),
    "added": (added, "entry 6 (key.edit) is not as it was written."),
    "all": (
        lambda using: AuditEntry.objects.using(using).all().delete(),
        "entries 1 to 5 are missing.",
    ),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_the_first_broken_place_is_told(using: str, name: str) -> None:
    tamper, sentence = TAMPERED[name]
    for _ in range(5):
        write(using)
    tamper(using)
    assert found(using)[0] == sentence


@pytest.mark.parametrize("name", ["end and head", "no head", "end"])
def test_going_on_does_not_mend_it(using: str, name: str) -> None:
    for _ in range(5):
        write(using)
    TAMPERED[name][0](using)
    write(using)
    write(using)
    assert len(found(using)) == 1


def test_a_page_shows_its_broken_entries(using: str) -> None:
    for _ in range(5):
        write(using)
    every = AuditEntry.objects.using(using)
    every.filter(pk=2).update(target="key 9")
    every.filter(pk=4).delete()
    assert book.broken(list(every.order_by("-id")), using=using) == {2, 5}


def test_another_instance_s_secret_fits_nothing() -> None:
    write("default")
    with override_settings(POTLUCK_PEPPER=b"another"):
        assert found("default")[0].startswith("entry 1 ")


def test_texts_fit_their_columns(using: str) -> None:
    write(using, "x" * 500 + "\0")
    row = AuditEntry.objects.using(using).get()
    assert (row.target, row.at) == ("x" * 200, NOW)
    assert found(using) == []
