"""What a lender and the administrator do, and that neither overrules the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from credentials import services as operator
from credentials import store, usage
from credentials.caps import Caps
from credentials.kinds import Kind, Source
from credentials.lending import services
from credentials.lending.rules import Refused
from credentials.lending.states import ALIVE, Revocation, State, WrongState
from credentials.models import Contribution, Credential, Revision
from credentials.vault import Vault
from tests.credentials.fakes import NOW, VAULT, person
from tests.credentials.lending.lender import KEY, credential, lend, reach, state

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


def live(row: Contribution) -> bool:
    """Whether the pool may lend it."""
    return store._row(credential(row)).live


def test_the_administrator_lets_it_be_lent() -> None:
    row = reach(State.QUARANTINED)
    assert not live(row)
    row = services.approve(row.pk, by="admin", now=LATER)
    assert live(row)
    assert (row.moderated_by, row.moderated_at, row.since) == ("admin", LATER, LATER)


def test_every_change_is_announced() -> None:
    row = reach(State.LENDING)
    for change in (services.pause, services.resume):
        before = Revision.current()
        changed = change(row.pk, now=LATER)
        assert Revision.current() > before
        assert credential(row).revision > before
        assert changed.revision > before


def test_pausing_and_resuming() -> None:
    row = reach(State.LENDING)
    assert services.pause(row.pk, now=LATER).state == State.PAUSED
    assert not live(row)
    assert services.resume(row.pk, now=LATER).state == State.LENDING
    assert live(row)


def everybody() -> list[int]:
    return list(Credential.objects.values_list("pk", flat=True))


SWITCHES: list[Callable[[], object]] = [
    lambda: operator.enable(everybody()),
    lambda: operator.update(everybody(), enabled=True),
    lambda: operator.pardon(everybody()),
    lambda: operator.add(VAULT, "gemini", Kind.GEMINI_API, KEY),
    lambda: operator.sync(VAULT, Source.ENV, "gemini", kind=Kind.GEMINI_API, secrets=[KEY]),
]


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("where", sorted(ALIVE - {State.LENDING}))
def test_the_operator_does_not_overrule_a_lender(
    where: State, switch: Callable[[], object]
) -> None:
    row = reach(where)
    switch()
    assert not live(row)


def test_the_operator_does_not_bring_back_what_was_withdrawn() -> None:
    row = reach(State.WITHDRAWN)
    assert operator.enable(everybody()) == 0
    assert not live(row)


def test_a_lender_does_not_overrule_the_operator() -> None:
    row = reach(State.PAUSED)
    operator.disable([row.credential_id])
    services.resume(row.pk, now=LATER)
    assert not live(row)
    operator.enable([row.credential_id])
    assert live(row)


@pytest.mark.parametrize(
    ("operators", "lenders", "holds"),
    [(0, 0, 0), (100, 0, 100), (0, 50, 50), (100, 50, 50), (20, 50, 20)],
)
def test_the_lower_cap_holds(operators: int, lenders: int, holds: int) -> None:
    row = reach(State.LENDING)
    usage.limit([row.credential_id], Caps(minute=5, day=operators, pro=7))
    services.cap(row.pk, lenders)
    assert store._row(credential(row)).caps == Caps(5, holds, 7)
    assert credential(row).day_cap == operators


@pytest.mark.parametrize("cap", [-1, 1_000_001])
def test_a_cap_out_of_range_is_refused(cap: int) -> None:
    row = reach(State.LENDING)
    with pytest.raises(Refused):
        services.cap(row.pk, cap)
    assert credential(row).lender_cap == 0


def test_another_key_may_get_the_reward() -> None:
    row = reach(State.PAUSED)
    assert services.reward(row.pk, 7).reward_key_id == 7
    assert services.reward(row.pk, None).reward_key_id is None


@pytest.mark.parametrize("where", sorted(ALIVE))
def test_what_is_withdrawn_has_no_secret(where: State) -> None:
    row = reach(where)
    found = services.withdraw(VAULT, row.pk, now=LATER)
    assert found.document is None
    assert (found.contribution.state, found.contribution.since) == (State.WITHDRAWN, LATER)
    assert found.contribution.revocation == Revocation.BY_HAND
    stored = credential(row)
    assert (stored.sealed, stored.fingerprint, stored.enabled) == ("", None, False)
    assert stored.label == f"contribution {row.pk}"


def test_an_account_is_handed_out_once_to_be_revoked() -> None:
    row = lend(person(), Kind.CODE_ASSIST, name="Alice", contact="a@b.example").contribution
    usage.via(VAULT, [row.credential_id], "http://planted:planted@proxy.example:1080")
    found = services.withdraw(VAULT, row.pk, now=LATER)
    assert found.document == person()
    assert found.proxy == "http://planted:planted@proxy.example:1080"
    assert credential(row).sealed_proxy == ""
    assert found.contribution.revocation == Revocation.PENDING
    assert (found.contribution.name, found.contribution.contact) == ("", "")
    assert "planted" not in repr(found)
    with pytest.raises(WrongState):
        services.withdraw(VAULT, row.pk, now=LATER)


def test_what_cannot_be_opened_is_deleted_all_the_same() -> None:
    row = lend(person(), Kind.CODE_ASSIST).contribution
    found = services.withdraw(Vault([Fernet.generate_key()]), row.pk, now=LATER)
    assert found.document is None
    assert credential(row).sealed == ""


def test_what_the_provider_said_is_kept() -> None:
    row = lend(person(), Kind.CODE_ASSIST).contribution
    services.withdraw(VAULT, row.pk, now=LATER)
    failed = services.revoked(row.pk, False, f"Token {KEY} was not found")
    assert failed.revocation == Revocation.FAILED
    assert failed.revocation_words == "Token … was not found"
    done = services.revoked(row.pk, True)
    assert (done.revocation, done.revocation_words) == (Revocation.DONE, "")
    assert done.revocation_attempts == 2
    with pytest.raises(WrongState):
        services.revoked(row.pk, False)


@pytest.mark.parametrize("where", [State.LENDING, State.WITHDRAWN])
def test_nothing_is_revoked_that_could_not_be(where: State) -> None:
    with pytest.raises(WrongState):
        services.revoked(reach(where).pk, True)


def test_a_rejected_one_is_deleted_and_told_why() -> None:
    row = lend(person(), Kind.CODE_ASSIST).contribution
    found = services.reject(VAULT, row.pk, " Not from here. ", by="admin", now=LATER)
    assert found.document == person()
    assert (found.contribution.state, found.contribution.reason) == (
        State.REJECTED,
        "Not from here.",
    )
    assert credential(row).sealed == ""
    assert services.revoked(row.pk, True).revocation == Revocation.DONE


def test_what_the_administrator_removed_can_only_be_withdrawn() -> None:
    row = reach(State.LENDING)
    operator.remove([row.credential_id])
    with pytest.raises(WrongState, match="removed"):
        services.pause(row.pk, now=LATER)
    assert services.withdraw(VAULT, row.pk, now=LATER).document is None
    assert state(row) is State.WITHDRAWN


def test_an_id_of_nobody() -> None:
    with pytest.raises(Contribution.DoesNotExist):
        services.pause(404, now=NOW)


def test_a_withdrawn_key_may_be_lent_again() -> None:
    row = reach(State.WITHDRAWN)
    assert lend().contribution.pk != row.pk
