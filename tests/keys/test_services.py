from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from keys import figures, services, stored
from keys import secret as secrets
from keys.ledger import Ledger
from keys.models import ApiKey, LedgerEntry
from keys.quota import Balance
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def entries(bank: Bank, key: ApiKey) -> list[tuple[str, int, int]]:
    assert bank.findings() == []
    rows = LedgerEntry.objects.using(bank.using).filter(key=key).order_by("id")
    return [(row.kind, row.units, row.balance) for row in rows]


def spent(bank: Bank, total: int | None, units: int) -> ApiKey:
    key = bank.key(total)

    async def story(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, units, "r")
        ledger.settle("r", key.pk, units, charge=True)

    bank.run(story)
    return key


def test_a_new_key_has_its_units_by_a_grant(bank: Bank) -> None:
    key, text = services.create(
        settings.POTLUCK_PEPPER, total=100, description="for Zhang San", using=bank.using
    )
    assert secrets.wellformed(text)
    row = ApiKey.objects.using(bank.using).get(pk=key.pk)
    assert bytes(row.digest) == secrets.digest(text, settings.POTLUCK_PEPPER)
    assert row.masked == secrets.mask(text)
    assert entries(bank, key) == [("grant", 100, 100)]


@pytest.mark.parametrize("total", [0, None])
def test_a_key_without_grants_has_no_entries(bank: Bank, total: int | None) -> None:
    assert entries(bank, bank.key(total)) == []


def test_a_grant_adds_units(bank: Bank) -> None:
    key = services.grant(bank.key(10).pk, 5, reason="thanks", using=bank.using)
    assert bank.balance(key) == Balance(15)
    assert entries(bank, key) == [("grant", 10, 10), ("grant", 5, 15)]


@pytest.mark.parametrize(("total", "units"), [(10, 0), (10, -1), (None, 1)])
def test_a_grant_needs_a_limit_and_a_unit(bank: Bank, total: int | None, units: int) -> None:
    with pytest.raises(ValueError, match="only a limited key"):
        services.grant(bank.key(total).pk, units, using=bank.using)


def test_units_are_withdrawn(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    services.withdraw(key.pk, 5, reason="idle", using=bank.using)
    assert bank.balance(key) == Balance(5, 4)
    assert entries(bank, key)[-1] == ("withdrawal", -5, 1)
    with pytest.raises(services.BelowUse):
        services.withdraw(key.pk, 2, using=bank.using)
    for units, other in ((0, key), (1, bank.key(None))):
        with pytest.raises(ValueError, match="at least one"):
            services.withdraw(other.pk, units, using=bank.using)


@pytest.mark.parametrize("field", ["total_quota", "reserved", "digest", "deleted", "first_used_at"])
def test_nothing_else_is_edited(bank: Bank, field: str) -> None:
    key = bank.key(10)
    with pytest.raises(services.Invalid, match=f"{field}: a key has nothing of this name"):
        services.edit(key.pk, using=bank.using, **{field: 1})  # type: ignore[arg-type]
    assert entries(bank, key) == [("grant", 10, 10)]


@pytest.mark.parametrize(
    ("total", "entry"),
    [(30, ("grant", 20, 26)), (4, ("withdrawal", -6, 0)), (None, ("withdrawal", -10, -4))],
)
def test_a_resize_is_an_entry(bank: Bank, total: int | None, entry: tuple[str, int, int]) -> None:
    key = spent(bank, 10, 4)
    services.resize(key.pk, total, using=bank.using)
    assert bank.balance(key) == Balance(total, 4)
    assert entries(bank, key)[-1] == entry


def test_an_unlimited_key_can_be_limited(bank: Bank) -> None:
    key = spent(bank, None, 4)
    services.resize(key.pk, 6, using=bank.using)
    assert bank.balance(key) == Balance(6, 4)
    assert entries(bank, key) == [("charge", -4, -4), ("grant", 6, 2)]


def test_a_total_never_falls_below_what_is_used(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    with pytest.raises(services.BelowUse) as below:
        services.resize(key.pk, 3, using=bank.using)
    assert below.value.least == 4
    assert bank.balance(key) == Balance(10, 4)


def test_units_are_given_back(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    services.refund(key.pk, 1, reason="a bad answer", using=bank.using)
    services.reset(key.pk, using=bank.using)
    services.reset(key.pk, using=bank.using)
    assert bank.balance(key) == Balance(10)
    assert entries(bank, key)[2:] == [("refund", 1, 7), ("reset", 3, 10)]
    with pytest.raises(ValueError, match="can be refunded"):
        services.refund(key.pk, 1, using=bank.using)


def test_details_are_edited_and_units_are_not(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    services.edit(key.pk, description="new", enabled=False, expires_at=until, using=bank.using)
    with pytest.raises(services.Invalid, match="used: a key has nothing"):
        services.edit(key.pk, used=0, using=bank.using)  # type: ignore[call-arg]
    row = ApiKey.objects.using(bank.using).get(pk=key.pk)
    assert (row.description, row.enabled, row.expires_at, row.used) == ("new", False, until, 4)


def test_saving_an_old_copy_does_not_undo_a_charge(bank: Bank) -> None:
    key = bank.key(10)
    old = ApiKey.objects.using(bank.using).get(pk=key.pk)
    ApiKey.objects.using(bank.using).filter(pk=key.pk).update(used=4)
    old.description, old.total_quota = "edited", 1000
    old.save()
    old.save(update_fields=["used", "description"])
    assert bank.balance(key) == Balance(10, 4)


@pytest.mark.parametrize(
    "columns",
    [{"used": 11}, {"used": -1}, {"reserved": -1}, {"used": 5, "reserved": 6}],
    ids=str,
)
def test_the_database_itself_refuses_an_impossible_balance(
    bank: Bank, columns: dict[str, int]
) -> None:
    key = bank.key(10)
    with pytest.raises(IntegrityError), transaction.atomic(using=bank.using):
        ApiKey.objects.using(bank.using).filter(pk=key.pk).update(**columns)


def test_a_revoked_key_is_gone_and_its_history_stays(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    services.revoke(key.pk, using=bank.using)
    with pytest.raises(ApiKey.DoesNotExist):
        services.grant(key.pk, 1, using=bank.using)
    assert len(entries(bank, key)) == 2


def test_costs_are_set_and_dropped(bank: Bank) -> None:
    services.set_cost(" Vendor/Model-* ", 5, using=bank.using)
    services.set_cost("vendor/model-*", 6, using=bank.using)
    found = stored.costs(-1, using=bank.using)
    assert found is not None
    assert found.rows == [("vendor/model-*", 6)]
    assert stored.costs(found.revision, using=bank.using) is None
    assert services.drop_cost("Vendor/Model-*", using=bank.using)
    assert not services.drop_cost("Vendor/Model-*", using=bank.using)


@pytest.mark.parametrize(("pattern", "units"), [("", 1), ("x" * 256, 1), ("m", -1)])
def test_a_cost_must_make_sense(bank: Bank, pattern: str, units: int) -> None:
    with pytest.raises(ValueError, match=r"never negative|1 to 255"):
        services.set_cost(pattern, units, using=bank.using)


def test_the_audit_finds_a_balance_that_was_tampered_with(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    ApiKey.objects.using(bank.using).filter(pk=key.pk).update(used=F("used") - 1)
    assert bank.findings() == [f"key {key.pk}: the used units is 3, but should be 4"]


def test_the_audit_finds_entries_of_nobody(bank: Bank) -> None:
    key = spent(bank, 10, 4)
    ApiKey.objects.using(bank.using).filter(pk=key.pk)._raw_delete(bank.using)
    assert figures.strays(bank.using) == [key.pk]
