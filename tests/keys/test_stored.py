from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.conf import settings
from django.db import connections

from keys import services, stored
from keys.directory import Directory
from keys.models import Revision
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_the_first_load_is_whole_and_the_next_has_only_what_changed(bank: Bank) -> None:
    one, two = bank.key(), bank.key()
    gone = bank.key()
    services.revoke(gone.pk, using=bank.using)
    first = stored.grants(-1, using=bank.using)
    assert first is not None
    assert first.whole
    assert {change.key_id for change in first.keys} == {one.pk, two.pk}
    services.edit(two.pk, description="new", using=bank.using)
    services.revoke(one.pk, using=bank.using)
    after = stored.grants(first.revision, using=bank.using)
    assert after is not None
    assert not after.whole
    labels = {change.key_id: change.grant and change.grant.label for change in after.keys}
    assert labels == {two.pk: "new", one.pk: None}
    assert stored.grants(after.revision, using=bank.using) is None


def test_an_empty_database_is_a_whole_answer(bank: Bank) -> None:
    found = stored.grants(-1, using=bank.using)
    assert found is not None
    assert (found.revision, found.keys, found.whole) == (0, [], True)


def test_an_older_database_is_read_again_from_the_start(bank: Bank) -> None:
    key = bank.key()
    Revision.objects.using(bank.using).update(value=1)
    found = stored.grants(1000, using=bank.using)
    assert found is not None
    assert found.whole
    assert [change.key_id for change in found.keys] == [key.pk]


async def test_a_directory_sees_what_services_do(bank: Bank) -> None:
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as person:
        load = partial(stored.grants, using=bank.using)
        directory = Directory(settings.POTLUCK_PEPPER, load, reader)
        make = partial(services.create, settings.POTLUCK_PEPPER, using=bank.using)
        key, text = person.submit(make).result()
        found = await directory.find_or_refresh(text)
        assert found is not None
        assert found.key_id == key.pk
        for executor in (reader, person):
            executor.submit(connections.close_all).result()
