"""From an offer to a credential that is lent, or to none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from credentials import sealing, services
from credentials.documents import OAuthAccount
from credentials.kinds import Kind, Source
from credentials.lending import invites, offering
from credentials.lending import services as lending
from credentials.lending.offering import Loan
from credentials.lending.rules import Openness, Refused, Rules, Why
from credentials.lending.states import Paid, Revocation, State, WrongState
from credentials.lending.terms import Consent
from credentials.lending.wording import Language
from credentials.models import Contribution, Credential, Invite, Revision
from credentials.probing import Result
from tests.credentials.fakes import NOW, VAULT, person, robot
from tests.credentials.lending.lender import (
    HOUSE,
    KEY,
    OPEN,
    UNMODERATED,
    consent,
    credential,
    offer,
    rewarding,
    state,
)

pytestmark = pytest.mark.django_db
INVITED = Rules(open=Openness.INVITE, kinds=tuple(Kind))


def refusal(*args: object, **said: object) -> Refused:
    """Of an offer that must leave nothing behind."""
    before = Credential.objects.count(), Contribution.objects.count()
    with pytest.raises(Refused) as caught:
        offer(*args, **said)  # type: ignore[arg-type]
    assert (Credential.objects.count(), Contribution.objects.count()) == before
    return caught.value


def test_an_offer_is_sealed_and_held() -> None:
    before = Revision.current()
    row = offer(day_cap=50).contribution
    stored = credential(row)
    assert VAULT.open(stored.sealed.encode()) == KEY
    assert (stored.held, stored.enabled, stored.lender_cap) == (True, False, 50)
    assert (stored.source, stored.provider) == (Source.CONTRIBUTED, "gemini")
    assert (row.state, row.since) == (State.TESTING, NOW)
    assert stored.revision == Revision.current() > before


def test_the_receipt_is_not_stored() -> None:
    found = offer()
    stored = str(Contribution.objects.values().get())
    assert len(found.token) == 43
    assert found.token not in stored
    assert KEY not in stored


def test_what_was_agreed_to_is_stored() -> None:
    row = offer(person(), Kind.CODE_ASSIST).contribution
    assert row.terms == consent(Kind.CODE_ASSIST).version
    assert len(row.terms_digest) == 64
    assert (row.language, row.risk, row.consented_at) == (Language.ZH, "account", NOW)


def test_a_promise_is_stored_with_the_offer() -> None:
    row = offer(rules=rewarding(Paid.CALL, 3), reward_key_id=12).contribution
    assert (row.paid, row.units, row.reward_key_id) == ("call", 3, 12)


def test_nobody_lends_where_it_is_closed() -> None:
    assert refusal(rules=replace(OPEN, open=Openness.OFF)).why is Why.CLOSED


def test_a_kind_that_is_not_wanted_is_refused() -> None:
    assert refusal(rules=replace(OPEN, kinds=(Kind.OPENAI,))).why is Why.KIND


def test_terms_that_have_changed_must_be_read_again() -> None:
    loan, old = Loan(kind=Kind.GEMINI_API, secret=KEY), consent()
    with pytest.raises(Refused) as caught:
        offering.offer(HOUSE, loan, old, replace(OPEN, extra="New."), now=NOW)
    assert caught.value.why is Why.TERMS
    made_up = Consent("x", Language.EN, NOW)
    with pytest.raises(Refused):
        offering.offer(HOUSE, loan, made_up, OPEN, now=NOW)


@pytest.mark.parametrize("secret", ["", "a b", "x" * 5000, "\ud800", "key\r\nX: 1"])
def test_what_cannot_be_a_key_is_refused_and_not_quoted(secret: str) -> None:
    found = refusal(secret)
    assert found.why is Why.SECRET
    assert not secret or secret not in f"{found} {found.detail}"


@pytest.mark.parametrize(
    ("kind", "provider", "secret", "why"),
    [
        (Kind.GEMINI_API, "openai", KEY, Why.PROVIDER),
        (Kind.OPENAI_COMPATIBLE, "", KEY, Why.SECRET),
        (Kind.OPENAI_COMPATIBLE, "../x", KEY, Why.SECRET),
        (Kind.CODE_ASSIST, "", KEY, Why.SECRET),
        (Kind.GEMINI_API, "", robot(), Why.SECRET),
        (Kind.CODE_ASSIST, "", person(token_uri="https://evil.example/token"), Why.SECRET),
    ],
)
def test_a_secret_must_be_of_its_kind(kind: Kind, provider: str, secret: str, why: Why) -> None:
    assert refusal(secret, kind, provider=provider).why is why


@pytest.mark.parametrize(
    "said",
    [
        {"name": "a\x00b"},
        {"contact": "a\ud800"},
        {"name": "a\u202eb"},
        {"name": "a\nb"},
    ],
)
def test_a_character_that_nobody_sees_is_named_as_such(said: dict[str, str]) -> None:
    assert refusal(**said).why is Why.UNSEEN


@pytest.mark.parametrize("said", [{"name": "x" * 101}, {"contact": "x" * 201}])
def test_a_name_is_one_short_line(said: dict[str, str]) -> None:
    assert refusal(**said).why is Why.TEXT


@pytest.mark.parametrize("cap", [-1, 1_000_001, 10**30])
def test_a_cap_has_a_range(cap: int) -> None:
    assert refusal(day_cap=cap).why is Why.CAP


def test_the_same_key_twice_is_refused_and_told_nothing() -> None:
    first = offer(name="Alice").contribution
    found = refusal(name="Mallory")
    assert found.why is Why.KNOWN
    assert "Alice" not in str(found)
    assert Contribution.objects.get().pk == first.pk
    assert Contribution.objects.get().name == "Alice"


def account(token: str, email: str = "anna@mail.test") -> OAuthAccount:
    """Each consent of its owner has another token."""
    return person(token, email=email)


def test_an_account_is_lent_once_however_often_its_owner_agrees() -> None:
    first = offer(account("planted-1"), Kind.CODE_ASSIST).contribution
    assert refusal(account("planted-2", "Anna@Mail.test"), Kind.CODE_ASSIST).why is Why.KNOWN
    services.update([first.credential_id], label="renamed by the operator")
    assert refusal(account("planted-3"), Kind.CODE_ASSIST).why is Why.KNOWN
    offer(account("planted-4", "bob@mail.test"), Kind.CODE_ASSIST)
    offer(account("planted-5", ""), Kind.CODE_ASSIST)


def test_an_account_that_was_taken_back_can_be_lent_again() -> None:
    first = offer(account("planted-1"), Kind.CODE_ASSIST).contribution
    lending.withdraw(VAULT, first.pk, now=NOW)
    offer(account("planted-2"), Kind.CODE_ASSIST)


def test_a_key_of_the_operator_is_not_taken_over() -> None:
    services.add(VAULT, "gemini", Kind.GEMINI_API, KEY)
    assert refusal().why is Why.KNOWN
    row = Credential.objects.get()
    assert (row.enabled, row.held, row.source) == (True, False, Source.MANUAL)


def test_an_invite_is_used_by_an_offer_that_is_taken() -> None:
    [code] = invites.create(HOUSE.pepper, count=1, uses=1, days=1, now=NOW)
    assert refusal("a b", rules=INVITED, invite=code).why is Why.SECRET
    assert refusal(rules=INVITED).why is Why.INVITE
    row = offer(rules=INVITED, invite=code).contribution
    assert row.invite == Invite.objects.get(left=0)
    assert refusal(KEY + "2", rules=INVITED, invite=code).why is Why.INVITE


def test_what_works_waits_for_the_administrator() -> None:
    row = offer().contribution
    row = offering.tested(row.pk, True, "It works.", OPEN, now=NOW)
    assert row.state == State.QUARANTINED
    assert (credential(row).held, credential(row).enabled) == (True, False)


def test_where_nobody_moderates_it_is_lent_at_once() -> None:
    row = offer().contribution
    later = NOW + timedelta(minutes=1)
    row = offering.tested(row.pk, True, "It works.", UNMODERATED, now=later)
    assert (row.state, row.since) == (State.LENDING, later)
    assert (credential(row).held, credential(row).enabled) == (False, True)


def test_what_does_not_work_is_deleted_and_may_come_again() -> None:
    [code] = invites.create(HOUSE.pepper, count=1, uses=1, days=1, now=NOW)
    row = offer(rules=INVITED, invite=code, name="Alice").contribution
    row = offering.tested(row.pk, False, f"Key {KEY} is invalid.", OPEN, now=NOW)
    assert (row.state, row.reason, row.name) == (State.REJECTED, "Key … is invalid.", "")
    assert (row.revocation, credential(row).sealed) == (Revocation.BY_HAND, "")
    assert offer(rules=INVITED, invite=code).contribution.pk != row.pk


def test_a_test_that_says_nothing_is_done_again() -> None:
    row = offer().contribution
    row = offering.tested(row.pk, None, "No answer.", OPEN, now=NOW)
    assert (row.state, row.reason) == (State.TESTING, "No answer.")
    assert offering.tested(row.pk, True, "", OPEN, now=NOW).reason == ""


def test_a_test_that_comes_late_changes_nothing() -> None:
    row = offer().contribution
    offering.tested(row.pk, True, "", OPEN, now=NOW)
    with pytest.raises(WrongState):
        offering.tested(row.pk, False, "", OPEN, now=NOW)
    assert state(row) is State.QUARANTINED


@pytest.mark.parametrize(
    ("ok", "outcome", "verdict"),
    [
        (True, "Succeeded", True),
        (False, "Refused", False),
        (False, "RateLimited", None),
        (False, "NotItsFault", None),
        (False, "Stumbled", None),
    ],
)
def test_only_a_refusal_is_the_credentials_fault(ok: bool, outcome: str, verdict: bool) -> None:
    assert offering.judge(Result(ok, outcome, 0, "", 0.1)) is verdict


def test_nothing_shows_the_secret() -> None:
    loans = [Loan(kind=Kind.CODE_ASSIST, secret=person()), Loan(kind=Kind.OPENAI, secret=KEY)]
    shown = f"{loans} {offer(person(), Kind.CODE_ASSIST)!r}"
    assert "planted" not in shown
    assert KEY not in shown


def test_an_account_is_sealed_as_a_document() -> None:
    row = offer(person(), Kind.CODE_ASSIST).contribution
    assert sealing.opened(VAULT, Kind.CODE_ASSIST, credential(row).sealed) == person()
