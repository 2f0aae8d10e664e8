"""A key's owner sees what is committed."""

from __future__ import annotations

import pytest

from keys import balance
from keys.models import ApiKey

pytestmark = pytest.mark.django_db


def make(total: int | None, used: int = 0, reserved: int = 0) -> int:
    return ApiKey.objects.create(
        digest=bytes(32), masked="sk-…", total_quota=total, used=used, reserved=reserved
    ).pk


def test_what_is_reserved_is_not_left() -> None:
    found = balance.read(make(100, used=30, reserved=5))
    assert (found.total, found.used, found.reserved, found.remaining) == (100, 30, 5, 65)


def test_a_key_without_a_limit_has_no_remainder() -> None:
    assert balance.read(make(None, used=7)).remaining is None


def test_a_key_that_is_gone_has_nothing() -> None:
    key = make(100)
    ApiKey.objects.filter(pk=key).update(deleted=True)
    assert balance.read(key).remaining == 0
