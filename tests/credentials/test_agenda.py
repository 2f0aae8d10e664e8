"""Probes of banned credentials: one per step, whoever asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from credentials import services
from credentials.agenda import Agenda, Steps
from credentials.health import Health
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.store import Store, columns
from tests.credentials.fakes import NOW, VAULT

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BANNED = Health(banned="401")


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    with ThreadPoolExecutor(max_workers=1) as executor:
        found = Store(executor)
        yield found
        await found.close()


async def add(store: Store, health: Health = BANNED) -> int:
    def work() -> int:
        row, _ = services.add(VAULT, "gemini", Kind.GEMINI_API, "secret-1")
        Credential.objects.filter(pk=row.pk).update(**columns(health, NOW))
        return row.pk

    return await store.run(work)


def test_steps_double_up_to_a_day() -> None:
    waits = [Steps().wait(probes) / MINUTE for probes in range(9)]
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert Steps().wait(10**9) == DAY


async def test_a_banned_one_is_probed_once_per_step(store: Store) -> None:
    id, agenda = await add(store), Agenda(store)
    probed = []
    for minute in range(0, 24 * 60, 5):
        if await agenda.due(NOW + minute * MINUTE):
            probed.append(minute)
    assert probed == [15, 45, 105, 225, 465, 945]
    assert await store.run(lambda: Credential.objects.get(pk=id).probes) == 6


async def test_two_processes_do_not_both_probe(store: Store) -> None:
    id = await add(store)
    agendas = [Agenda(store), Agenda(store)]
    for agenda in agendas:
        await agenda.due(NOW)
    later = NOW + 20 * MINUTE
    assert [await agenda.due(later) for agenda in agendas] == [[id], []]


async def test_one_that_has_rested_is_asked_by_one_process(store: Store) -> None:
    id = await add(store, Health())
    one, other = Agenda(store), Agenda(store)
    found = []
    for minute in (0, 1, 3):
        now = NOW + minute * MINUTE
        for agenda in (one, other):
            await agenda.due(now)
            found.append(await agenda.ours([id], now))
    assert found == [[id], [], [], [], [id], []]


async def test_a_ban_that_comes_of_a_probe_has_its_own_first_date(store: Store) -> None:
    id, agenda = await add(store, Health()), Agenda(store)
    await agenda.ours([id], NOW)
    await store.run(lambda: Credential.objects.update(**columns(BANNED, NOW)))
    found = [bool(await agenda.due(NOW + minute * MINUTE)) for minute in (0, 3, 14, 15)]
    assert found == [False, False, False, True]


async def test_who_loses_the_race_for_a_probe_leaves_it(store: Store) -> None:
    id, agenda = await add(store), Agenda(store)
    assert not await store.run(lambda: agenda._claim(id, NOW, 0, NOW))


async def test_the_next_ban_begins_anew(store: Store) -> None:
    id, agenda = await add(store), Agenda(store)
    for minute in (0, 15, 45):
        await agenda.due(NOW + minute * MINUTE)
    await store.run(lambda: services.pardon([id]))
    await agenda.due(NOW + 50 * MINUTE)
    await store.run(lambda: Credential.objects.update(**columns(BANNED, NOW)))
    found = [bool(await agenda.due(NOW + minute * MINUTE)) for minute in (60, 74, 75)]
    assert found == [False, False, True]


@pytest.mark.parametrize("verb", [services.disable, services.remove])
async def test_one_that_is_off_or_gone_is_not_probed(
    store: Store, verb: Callable[[Iterable[int]], int]
) -> None:
    id, agenda = await add(store), Agenda(store)
    await agenda.due(NOW)
    await store.run(lambda: verb([id]))
    assert await agenda.due(NOW + DAY) == []


async def test_a_healthy_one_is_not_probed(store: Store) -> None:
    await add(store, Health())
    assert await Agenda(store).due(NOW + DAY) == []
