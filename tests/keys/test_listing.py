from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.conf import settings

from keys import listing, services
from keys.listing import Sort, State, Wanted
from keys.models import ApiKey
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PEPPER = settings.POTLUCK_PEPPER


def names(bank: Bank, search: str = "", *states: State) -> str:
    page = listing.page(Wanted(search, states), PEPPER, bank.clock(), using=bank.using)
    return "".join(key.description for key in page.keys)


def walk(bank: Bank, sort: Sort, descending: bool, size: int) -> str:
    """Every page, by its cursor."""
    found, after = "", None
    while True:
        page = listing.page(
            Wanted(),
            PEPPER,
            bank.clock(),
            sort=sort,
            descending=descending,
            after=after,
            size=size,
            using=bank.using,
        )
        found += "".join(key.description for key in page.keys)
        if page.next is None:
            return found
        after = page.next


@pytest.fixture
def five(bank: Bank) -> None:
    """Keys a to e."""
    now = bank.clock()
    for name, total, used, days in (
        ("a", 10, 5, 3),
        ("b", None, 9, None),
        ("c", 30, 5, 1),
        ("d", None, 0, None),
        ("e", 5, 0, 3),
    ):
        until = None if days is None else now + timedelta(days=days)
        key = bank.key(total, description=name, expires_at=until)
        ApiKey.objects.using(bank.using).filter(pk=key.pk).update(used=used)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize(
    ("sort", "descending", "order"),
    [
        (Sort.ID, False, "abcde"),
        (Sort.CREATED, True, "edcba"),
        (Sort.USED, False, "deacb"),
        (Sort.USED, True, "bcaed"),
        (Sort.REMAINING, False, "aecbd"),
        (Sort.REMAINING, True, "ceadb"),
        (Sort.EXPIRY, False, "caebd"),
        (Sort.EXPIRY, True, "eacdb"),
    ],
)
@pytest.mark.usefixtures("five")
def test_pages_follow_each_other(
    bank: Bank, sort: Sort, descending: bool, order: str, size: int
) -> None:
    assert walk(bank, sort, descending, size) == order


@pytest.mark.parametrize("cursor", ["", "x", "bnVsbA==", "WzEsMiwzXQ==", "é"])
def test_a_cursor_of_nothing_is_refused(bank: Bank, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        listing.page(Wanted(), PEPPER, bank.clock(), after=cursor, using=bank.using)


@pytest.mark.parametrize("place", ["1e400", "1" + "0" * 30])
def test_a_cursor_beyond_all_numbers_is_refused(bank: Bank, place: str) -> None:
    cursor = base64.urlsafe_b64encode(f'["used", {place}, {place}]'.encode()).decode()
    with pytest.raises(ValueError, match="cursor"):
        listing.page(Wanted(), PEPPER, bank.clock(), sort=Sort.USED, after=cursor, using=bank.using)


@pytest.mark.usefixtures("five")
def test_a_cursor_belongs_to_its_order(bank: Bank) -> None:
    page = listing.page(Wanted(), PEPPER, bank.clock(), size=1, using=bank.using)
    with pytest.raises(ValueError, match="sorted otherwise"):
        listing.page(
            Wanted(), PEPPER, bank.clock(), sort=Sort.USED, after=page.next, using=bank.using
        )


def test_a_search_knows_labels_owners_ids_and_keys(bank: Bank) -> None:
    first, secret = services.create(
        PEPPER, description="Zhang San", owner="z@example.org", using=bank.using
    )
    second = bank.key(description="100% of _it", owner="li")
    for text in ("zhang", "SAN", "@example", str(first.pk), secret, secret[:9], first.masked):
        assert names(bank, f" {text} ") == "Zhang San", text
    for text in ("100%", "_it", "\0", str(second.pk)):
        assert names(bank, text).startswith("100%" if text != "\0" else ""), text
    for text in ("nobody", "sk-" + "x" * 43, "9" * 30, "10_%"):
        assert names(bank, text) == "", text


def test_a_list_can_be_narrowed(bank: Bank) -> None:
    past = bank.clock() - timedelta(days=1)
    bank.key(None, description="a")
    bank.key(None, description="b", enabled=False)
    bank.key(0, description="c")
    bank.key(5, description="d", expires_at=past)
    flagged = bank.key(5, description="e")
    services.flag(flagged.pk, "seen from 40 addresses", now=bank.clock(), using=bank.using)
    services.flag(flagged.pk, "later", now=bank.clock(), using=bank.using)
    bank.run(lambda ledger: ledger.reserve(flagged.pk, 1, "r"))
    services.revoke(bank.key(description="gone").pk, using=bank.using)
    assert names(bank, "", State.ENABLED) == "ace"
    assert names(bank, "", State.DISABLED) == "b"
    assert names(bank, "", State.EXHAUSTED) == "c"
    assert names(bank, "", State.EXPIRED) == "d"
    assert names(bank, "", State.FLAGGED) == "e"
    assert names(bank, "", State.UNUSED) == "abcd"
    assert names(bank, "", State.UNUSED, State.ENABLED) == "ac"
    wanted = Wanted(states=(State.UNUSED,))
    assert listing.count(wanted, PEPPER, bank.clock(), using=bank.using) == 4
    assert listing.count(wanted, PEPPER, bank.clock(), most=2, using=bank.using) == 3
    row = ApiKey.objects.using(bank.using).get(pk=flagged.pk)
    assert row.flag_reason == "seen from 40 addresses"
    assert services.unflag(flagged.pk, using=bank.using).flagged_at is None


def test_a_key_is_found_by_its_text(bank: Bank) -> None:
    key, secret = services.create(PEPPER, using=bank.using)
    found = listing.find(secret, PEPPER, using=bank.using)
    assert found == key
    for text in ("", "\ud800", "sk-" + "x" * 43, key.masked):
        assert listing.find(text, PEPPER, using=bank.using) is None
    services.revoke(key.pk, using=bank.using)
    assert listing.find(secret, PEPPER, using=bank.using) is None
