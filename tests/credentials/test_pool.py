"""Lending: turns, rests, recovery, and what is said when nobody is left."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from msgspec.structs import replace

from credentials.health import (
    Barred,
    Health,
    NotItsFault,
    RateLimited,
    Refused,
    Stumbled,
    Succeeded,
)
from credentials.kinds import Kind
from credentials.pool import Lack
from credentials.vault import Vault
from tests.credentials.fakes import account_row, person, row
from tests.credentials.kitchen import Kitchen

MINUTE = timedelta(minutes=1)


async def test_it_lends_in_turn() -> None:
    kitchen = await Kitchen(row(1), row(2), row(3)).open()
    assert await kitchen.ids(4) == [1, 2, 3, 1]


async def test_the_length_of_a_turn_changes_without_a_restart() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    kitchen.rotation = 2
    assert await kitchen.ids(4) == [1, 1, 2, 2]
    kitchen.rotation = 1
    assert await kitchen.ids(4) == [1, 2, 1, 2]


async def test_a_lease_has_what_a_request_needs() -> None:
    kitchen = await Kitchen(row(1, secret="planted-secret")).open()
    lease = await kitchen.pool.acquire("gemini", "g")
    assert (lease.access.secret, lease.access.provider) == ("planted-secret", "gemini")
    assert lease.sent_at == kitchen.clock.now


async def test_a_limited_model_rests_and_others_are_served() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    await kitchen.end(RateLimited("g", MINUTE))
    assert await kitchen.ids(3) == [2, 2, 2]
    assert set(await kitchen.ids(2, "f")) == {1, 2}


async def test_it_comes_back_when_its_rest_is_over() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    await kitchen.end(RateLimited("g", MINUTE))
    await kitchen.ids(2)
    kitchen.clock.advance(60)
    assert set(await kitchen.ids(2)) == {1, 2}


async def test_what_was_tried_is_not_lent_again() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    first = await kitchen.pool.acquire("gemini", "g")
    second = await kitchen.pool.acquire("gemini", "g", {first.access.id})
    assert second.access.id != first.access.id
    assert (await kitchen.refusal(exclude=(1, 2))).retry_after == 0.0


async def test_when_all_rest_it_says_how_long() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    await kitchen.end(RateLimited("g", 3 * MINUTE))
    await kitchen.end(RateLimited("g", MINUTE))
    refusal = await kitchen.refusal()
    assert (refusal.known, refusal.retry_after) == (2, 60.0)


async def test_the_one_that_was_just_limited_is_not_called_awake() -> None:
    kitchen = await Kitchen(row(1)).open()
    lease = await kitchen.end(RateLimited("g", timedelta(seconds=48)))
    refusal = await kitchen.refusal(exclude=(lease.access.id,))
    assert (refusal.known, refusal.retry_after) == (1, 48.0)


async def test_nobody_at_all_is_something_else() -> None:
    kitchen = await Kitchen(row(1, "xai")).open()
    refusal = await kitchen.refusal()
    assert (refusal.known, refusal.retry_after) == (0, None)
    assert (kitchen.pool.known("gemini"), kitchen.pool.known("xai")) == (0, 1)
    assert kitchen.pool.providers() == {"xai"}


async def test_switched_off_is_not_the_same_as_missing() -> None:
    kitchen = await Kitchen(replace(row(1), live=False)).open()
    assert (await kitchen.refusal()).kind is Lack.OFF
    kitchen.store.put(replace(row(1), live=False, sealed="", version=4))
    await kitchen.pool.refresh()
    assert (await kitchen.refusal()).kind is Lack.EMPTY


async def test_a_banned_one_does_not_come_back_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    kitchen = await Kitchen(row(1)).open()
    for _ in range(3):
        await kitchen.end(Refused("API_KEY_INVALID"))
        kitchen.clock.advance(3600)
    refusal = await kitchen.refusal()
    assert (refusal.known, refusal.retry_after) == (1, None)
    assert "Credential 1 is banned: API_KEY_INVALID" in caplog.text


async def test_a_pardon_brings_it_back() -> None:
    kitchen = await Kitchen(replace(row(1), health=Health(banned="401"), version=3)).open()
    await kitchen.refusal()
    kitchen.store.put(replace(row(1), version=4))
    assert await kitchen.pool.refresh()
    assert await kitchen.ids(1) == [1]


async def test_a_barred_model_is_not_asked_for_again() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    await kitchen.end(Barred("g"))
    kitchen.clock.advance(10**7)
    assert await kitchen.ids(2) == [2, 2]
    assert set(await kitchen.ids(2, "f")) == {1, 2}


async def test_one_hiccup_does_not_close_a_service_with_one_key() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(Stumbled())
    await kitchen.end(Stumbled())
    assert (await kitchen.refusal()).retry_after == 2.0
    kitchen.clock.advance(2)
    await kitchen.end(Succeeded())
    await kitchen.end(Stumbled())
    assert await kitchen.ids(1) == [1]


async def test_a_success_clears_the_model_it_was_lent_for() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(RateLimited("g"))
    kitchen.clock.advance(60)
    await kitchen.end(Succeeded())
    await kitchen.end(RateLimited("g"))
    assert (await kitchen.refusal()).retry_after == 60.0


async def test_a_client_s_fault_changes_and_saves_nothing() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(NotItsFault())
    await kitchen.pool.close()
    assert kitchen.store.saves == 0


async def test_what_was_learned_is_saved_and_counted() -> None:
    kitchen = Kitchen(row(1))
    await kitchen.pool.start()
    await kitchen.end(Succeeded())
    await kitchen.end(RateLimited("g"))
    await kitchen.pool.close()
    assert set(kitchen.store.rows[1].health.models) == {"g"}
    assert (kitchen.store.calls, kitchen.store.served) == ({1: 2}, {1: 1})
    assert kitchen.store.closed


async def test_a_second_report_is_an_error_where_errors_are_wanted() -> None:
    kitchen = await Kitchen(row(1, secret="planted-secret")).open()
    lease = await kitchen.end(Succeeded())
    with pytest.raises(RuntimeError) as caught:
        lease.report(Refused("401"))
    assert "planted-secret" not in str(caught.value)


async def test_elsewhere_it_is_counted_and_ignored() -> None:
    kitchen = await Kitchen(row(1), strict=False).open()
    lease = await kitchen.end(Succeeded())
    lease.report(RateLimited(None, MINUTE))
    assert kitchen.pool.double_reports == 1
    assert await kitchen.ids(1) == [1]


async def test_a_refresh_that_finds_nothing_says_so() -> None:
    kitchen = await Kitchen(row(1)).open()
    assert not await kitchen.pool.refresh()


async def test_a_newcomer_is_lent_and_a_disabled_one_is_not() -> None:
    kitchen = await Kitchen(row(1)).open()
    kitchen.store.put(row(2))
    kitchen.store.put(replace(row(1), live=False))
    await kitchen.pool.refresh()
    assert await kitchen.ids(2) == [2, 2]


async def test_one_that_is_enabled_again_is_lent_once_per_turn() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    for live in (False, True):
        kitchen.store.put(replace(row(1), live=live))
        await kitchen.pool.refresh()
    assert sorted(await kitchen.ids(4)) == [1, 1, 2, 2]


async def test_a_report_of_one_that_is_gone_is_ignored() -> None:
    kitchen = await Kitchen(row(1)).open()
    lease = await kitchen.pool.acquire("gemini", "g")
    kitchen.store.put(replace(row(1), live=False))
    await kitchen.pool.refresh()
    lease.report(Refused("401"))
    await kitchen.pool.close()
    assert kitchen.store.saves == 0


async def test_memory_is_right_about_what_is_not_saved_yet() -> None:
    kitchen = await Kitchen(row(1)).open()
    await kitchen.end(RateLimited("g", MINUTE))
    kitchen.store.put(replace(row(1), label="renamed"))
    await kitchen.pool.refresh()
    assert (await kitchen.refusal()).retry_after == 60.0
    lease = await kitchen.pool.acquire("gemini", "f")
    assert lease.access.label == "renamed"


async def test_what_others_learned_is_taken_over() -> None:
    kitchen = await Kitchen(row(1), row(2)).open()
    kitchen.store.put(replace(row(1), health=Health(banned="401"), version=1))
    await kitchen.pool.refresh()
    assert await kitchen.ids(2) == [2, 2]


async def test_a_secret_that_cannot_be_opened_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = Vault([b"YW5vdGhlciBrZXksIDMyIGJ5dGVzIGxvbmcsIG9rPz8="])
    kitchen = Kitchen(row(1), replace(row(2), sealed=other.seal("planted-secret").decode()))
    with caplog.at_level(logging.ERROR):
        await kitchen.open()
    assert await kitchen.ids(2) == [1, 1]
    assert "Credential 2 is left out" in caplog.text


async def test_an_account_without_makers_of_tokens_is_passed_over() -> None:
    kitchen = await Kitchen(account_row(1, person()), row(2)).open()
    assert await kitchen.ids(3) == [2, 2, 2]
    refusal = await kitchen.refusal(exclude=(2,))
    assert (refusal.retry_after, "cannot be used here" in refusal.reason) == (0.0, True)


async def test_a_document_that_cannot_be_read_is_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    damaged = replace(row(1, secret='{"planted": 1}'), kind="code_assist")
    unknown = replace(row(2), kind="from_the_future")
    kitchen = await Kitchen(damaged, unknown, row(3)).open()
    assert await kitchen.ids(2) == [3, 3]
    assert "Credential 1 is left out" in caplog.text
    assert "Credential 2 is left out" in caplog.text
    assert "planted" not in caplog.text


async def test_a_lease_says_what_kind_its_credential_is() -> None:
    kitchen = await Kitchen(replace(row(1), kind="openai")).open()
    assert (await kitchen.pool.acquire("gemini", "g")).access.kind is Kind.OPENAI


async def test_nothing_shows_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    kitchen = await Kitchen(row(1, secret="planted-secret")).open()
    with caplog.at_level(logging.DEBUG):
        lease = await kitchen.end(Refused("401"))
        refusal = await kitchen.refusal()
    shown = (
        f"{lease!r} {lease} {lease.access!r} {kitchen.pool!r} {refusal!r} {refusal} {caplog.text}"
    )
    assert "planted-secret" not in shown
