"""Caps, counts and proxies, as people set and see them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from credentials import services, usage
from credentials.caps import Calendar, Caps
from credentials.history import Mishap, merged
from credentials.kinds import Kind
from credentials.models import Credential, Revision
from tests.credentials.fakes import NOW, VAULT

pytestmark = pytest.mark.django_db

CALENDAR = Calendar()


def add() -> Credential:
    return services.add(VAULT, "gemini", Kind.GEMINI_API, "secret-1")[0]


def stored() -> Credential:
    return Credential.objects.get()


def test_caps_are_set_and_announced() -> None:
    pk, before = add().pk, Revision.current()
    assert usage.limit([pk, 999], Caps(5, 100, 10)) == 1
    assert usage.today(stored(), NOW, CALENDAR).caps == Caps(5, 100, 10)
    assert stored().revision == Revision.current() > before


@pytest.mark.parametrize("caps", [Caps(minute=-1), Caps(day=usage.MOST + 1), Caps(pro=-5)])
def test_a_cap_has_a_range(caps: Caps) -> None:
    with pytest.raises(ValueError):
        usage.limit([add().pk], caps)


def test_counts_of_another_day_are_over() -> None:
    row = add()
    row.day, row.calls, row.served, row.pro_calls = CALENDAR.day(NOW), 7, 5, 3
    reset = datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert usage.today(row, NOW, CALENDAR) == (7, 5, 3, Caps(), reset)
    assert usage.today(row, reset, CALENDAR)[:3] == (0, 0, 0)


def test_counts_can_be_reset() -> None:
    pk = add().pk
    Credential.objects.update(day=CALENDAR.day(NOW), calls=7, served=5, pro_calls=3)
    assert usage.reset([pk]) == 1
    assert usage.today(stored(), NOW, CALENDAR)[:3] == (0, 0, 0)


def test_a_proxy_is_sealed_and_shown_without_its_password() -> None:
    pk, url = add().pk, "socks5://user:planted@proxy.test:1080"
    assert usage.via(VAULT, [pk], url) == 1
    assert "planted" not in stored().sealed_proxy
    assert VAULT.open(stored().sealed_proxy.encode()) == url
    assert usage.proxy(VAULT, stored()) == "socks5://proxy.test:1080"
    usage.via(VAULT, [pk], "")
    assert (stored().sealed_proxy, usage.proxy(VAULT, stored())) == ("", "")
    with pytest.raises(ValueError):
        usage.via(VAULT, [pk], "ftp://proxy.test:1")


def test_a_proxy_goes_with_its_credential_and_with_the_vault_s_key() -> None:
    pk = add().pk
    usage.via(VAULT, [pk], "http://proxy.test:1")
    before = stored().sealed_proxy
    assert services.reseal(VAULT) == 1
    assert stored().sealed_proxy != before
    assert usage.proxy(VAULT, stored()) == "http://proxy.test:1"
    services.remove([pk])
    assert stored().sealed_proxy == ""


def test_failures_are_shown() -> None:
    mishap = Mishap(NOW, 429, "QUOTA", "slow down")
    row = add()
    row.errors = merged([], [mishap])
    row.save()
    assert usage.errors(stored()) == [mishap]
    services.remove([row.pk])
    assert usage.errors(stored()) == []
