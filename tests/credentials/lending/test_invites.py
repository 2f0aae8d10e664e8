"""Codes that let somebody contribute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from credentials.lending import invites
from credentials.models import Invite
from tests.credentials.fakes import NOW

PEPPER = b"pepper"
pytestmark = pytest.mark.django_db(transaction=True)


def create(count: int = 1, uses: int = 1, days: int = 7) -> list[str]:
    return invites.create(PEPPER, count=count, uses=uses, days=days, now=NOW, note="spring")


def test_a_code_is_shown_once_and_not_stored() -> None:
    codes = create(3)
    assert len(set(codes)) == 3
    stored = str(list(Invite.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_code_is_good_for_its_uses() -> None:
    [code] = create(uses=2)
    assert invites.valid(code, PEPPER, NOW)
    found = [invites.redeem(code.lower(), PEPPER, NOW) for _ in range(3)]
    assert [each is not None for each in found] == [True, True, False]
    assert not invites.valid(code, PEPPER, NOW)


def test_a_code_ends_with_its_time() -> None:
    [code] = create(days=1)
    assert invites.redeem(code, PEPPER, NOW + timedelta(days=1)) is None
    assert invites.live(NOW + timedelta(days=1)) == []
    assert len(invites.live(NOW)) == 1


@pytest.mark.parametrize("code", ["", "AAAAA-AAAAA-AAAAA-AAAAA", "x" * 10**6, "\x00"])
def test_another_text_is_no_code(code: str) -> None:
    create()
    assert not invites.valid(code, PEPPER, NOW)
    assert invites.redeem(code, PEPPER, NOW) is None


def test_a_code_that_was_dropped_lets_nobody_in() -> None:
    [code] = create()
    [row] = invites.live(NOW)
    assert invites.drop(row.pk)
    assert not invites.drop(row.pk)
    assert invites.redeem(code, PEPPER, NOW) is None


@pytest.mark.parametrize("wrong", [{"count": 0}, {"count": 201}, {"uses": 0}, {"days": 367}])
def test_numbers_have_a_range(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="whole number"):
        create(**wrong)


def test_old_codes_are_forgotten() -> None:
    create(days=1)
    assert invites.prune(NOW + timedelta(days=30)) == 0
    assert invites.prune(NOW + timedelta(days=32)) == 1


def test_ten_who_redeem_at_once_use_it_three_times() -> None:
    [code] = create(uses=3)

    def attempt(_: int) -> bool:
        try:
            return invites.redeem(code, PEPPER, NOW) is not None
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, range(10))) == 3
    assert Invite.objects.get().left == 0
