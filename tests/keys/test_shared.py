"""One password stands for one key, and an earlier one for none."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from keys import secret, shared, stored
from keys.directory import Directory
from keys.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)

PEPPER = b"p" * 32


def find(password: str, sent: str) -> bool:
    """Whether a gateway with `password` lets `sent` in."""

    async def look(directory: Directory) -> bool:
        await directory.refresh()
        grant = directory.find(sent)
        return grant is not None and grant.enabled

    with ThreadPoolExecutor(1) as reader:
        return asyncio.run(look(Directory(PEPPER, stored.grants, reader, password=password)))


def test_the_password_opens_the_door() -> None:
    shared.provide("open sesame", PEPPER)
    assert find("open sesame", "open sesame")
    assert not find("open sesame", "open sesame ")
    assert not find("", "open sesame") and not find("", "")


def test_it_is_one_key_however_often_it_is_provided() -> None:
    for _ in range(3):
        shared.provide("open sesame", PEPPER)
    assert ApiKey.objects.count() == 1
    row = ApiKey.objects.get()
    assert (row.created_by, row.total_quota) == (shared.LABEL, None)
    assert "sesame" not in f"{row.masked}{row.description}"


@pytest.mark.parametrize("new", ["another one", ""])
def test_a_password_that_is_gone_opens_nothing(new: str) -> None:
    shared.provide("open sesame", PEPPER)
    shared.provide(new, PEPPER)
    assert not find("open sesame", "open sesame")
    shared.provide("open sesame", PEPPER)
    assert find("open sesame", "open sesame")


def test_the_key_behind_it_cannot_be_made_without_the_pepper() -> None:
    made = secret.shared("open sesame", PEPPER)
    assert secret.wellformed(made) and made != secret.shared("open sesame", b"q" * 32)
