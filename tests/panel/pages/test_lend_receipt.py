"""A receipt: is it treated well, and back with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from credentials import health, store
from credentials import services as credentials
from credentials.health import Health, Policy, RateLimited, Refused
from credentials.history import Mishap
from credentials.issuers import Issuers
from credentials.lending import services
from credentials.lending.states import Paid, Revocation, State
from credentials.models import Contribution, Credential, RewardDay, ServedDay
from panel import tending
from panel.models import AuditEntry
from panel.pages.lend import words
from tests.support.console import Person
from tests.support.contributor import (
    KEY,
    House,
    Lender,
    configured,
    noted,
    receipt,
    row,
    text,
)
from tests.support.oauthserver import Provider
from tests.support.pool import vault

pytestmark = pytest.mark.django_db


def lent(lender: Lender, **fields: str) -> str:
    """The receipt of a key that is lent."""
    with configured(contribution_moderation=False, contribution_reward=Paid.DAY):
        return receipt(lender.lend(**fields))


def account(lender: Lender, provider: Provider) -> str:
    with configured(contribution_moderation=False):
        return receipt(lender.arrive(provider.agree(lender.leave())))


def ill(outcome: health.Outcome) -> None:
    now, id = timezone.now(), row().credential_id
    policy = Policy(strikes_to_ban=1)
    known = health.after(Health(), outcome, policy, sent_at=now, now=now)
    Credential.objects.filter(pk=id).update(**store.columns(known, now))


def standing(page: str) -> tuple[str, str]:
    """The shape's class and the word."""
    found = re.search(r'class="verdict"><span class="state (\w+)"><svg.*?</svg>([^<]+)<', page)
    assert found is not None
    return found[1], found[2]


def test_it_is_shown_to_nobody_else_and_kept_nowhere(lender: Lender) -> None:
    page = lender.get(lent(lender))
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex">' in text(page)


@pytest.mark.parametrize("token", ["x", "x" * 43, "é", "x" * 3_000, "%00"])
def test_a_receipt_that_never_was_opens_nothing(lender: Lender, token: str) -> None:
    lent(lender)
    path = f"/auth/receipt/{token}"
    assert lender.get(path).status_code == 404
    assert lender.post(f"{path}/change", action="pause").status_code == 404
    assert lender.post(f"{path}/withdraw").status_code == 404
    assert row().state == State.LENDING


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, ("healthy", "well")),
        (RateLimited(None, retry_after=timedelta(hours=2)), ("cooling", "cooling")),
        (Refused("NO"), ("banned", "banned")),
    ],
)
def test_it_says_how_the_account_is(
    lender: Lender, outcome: health.Outcome | None, expected: tuple[str, str]
) -> None:
    path = lent(lender)
    if outcome is not None:
        ill(outcome)
    page = text(lender.get(path))
    assert standing(page) == expected
    assert ("in 1 hour" in page) is (expected[0] == "cooling")


def test_the_administrator_s_will_is_shown(lender: Lender) -> None:
    path = lent(lender)
    credentials.disable([row().credential_id])
    assert standing(text(lender.get(path))) == ("off", "switched off")


def test_it_shows_what_was_served_and_what_went_wrong(lender: Lender) -> None:
    path, today = lent(lender, day_cap="50"), day()
    ServedDay.objects.create(credential_id=row().credential_id, day=today, calls=12, served=9)
    mishap = {"at": "2026-01-01T00:00:00Z", "status": 429, "excerpt": "<b>slow down</b>"}
    Credential.objects.update(calls=12, day=today, errors=[mishap])
    page = text(lender.get(path))
    assert "12 of 50 calls" in page
    assert re.search(r"<title>[^<]*: 12\nanswered: 9\nfailed: 3</title>", page)
    assert "its quota was used up for a while" in page
    assert "&lt;b&gt;slow down" in page


def test_the_reward_so_far_is_told(lender: Lender, alice: Person) -> None:
    path = lent(lender, reward_key=alice.secret)
    now = timezone.now()
    given = {"contribution": row(), "day": now.date(), "units": 1_250, "granted_at": now}
    RewardDay.objects.create(key_id=alice.id, **given)
    page = text(lender.get(path))
    assert "1,250 units" in page
    assert alice.secret not in page
    assert f"{alice.secret[:6]}" in page


def test_it_is_paused_and_lent_again(lender: Lender) -> None:
    path = lent(lender)
    for action, state, held in (("pause", State.PAUSED, True), ("resume", State.LENDING, False)):
        answer = lender.post(f"{path}/change", action=action)
        assert answer["Location"] == path
        assert (row().state, row().credential.held) == (state, held)
    assert noted()[-2:] == ["contribution.pause", "contribution.resume"]
    assert AuditEntry.objects.latest("pk").actor == f"contributor {row().pk}"


def test_a_cap_is_changed(lender: Lender) -> None:
    path = lent(lender, day_cap="50")
    lender.post(f"{path}/change", action="cap", day_cap="7")
    assert row().credential.lender_cap == 7
    lender.post(f"{path}/change", action="cap", day_cap="")
    assert row().credential.lender_cap == 0
    wrong = lender.post(f"{path}/change", action="cap", day_cap="many")
    assert (wrong.status_code, row().credential.lender_cap) == (422, 0)
    assert "Enter a whole number" in text(wrong)


def test_the_key_of_the_reward_is_changed(lender: Lender, alice: Person, bob: Person) -> None:
    path = lent(lender, reward_key=alice.secret)
    assert lender.post(f"{path}/change", action="key", reward_key=str(bob.id)).status_code == 422
    lender.post(f"{path}/change", action="key", reward_key=bob.secret)
    assert row().reward_key_id == bob.id
    lender.post(f"{path}/change", action="key", reward_key="")
    assert row().reward_key_id is None


def test_what_cannot_be_done_now_is_told(lender: Lender) -> None:
    path = lent(lender)
    lender.post(f"{path}/change", action="resume")
    assert "it has changed meanwhile" in text(lender.get(path))
    assert lender.post(f"{path}/change", action="nothing").status_code == 303
    assert row().state == State.LENDING


def test_looking_at_the_question_takes_nothing_back(lender: Lender) -> None:
    path = lent(lender)
    assert "It cannot be undone" in text(lender.get(f"{path}/withdraw"))
    assert row().state == State.LENDING


def test_a_key_is_taken_back_and_its_owner_told_where_to_delete_it(lender: Lender) -> None:
    path = lent(lender, name="Ada", contact="@ada")
    assert lender.post(f"{path}/withdraw")["Location"] == path
    page = text(lender.get(path))
    assert standing(page) == ("off", "taken back")
    assert 'href="https://aistudio.google.com/apikey" rel="noopener noreferrer"' in page
    assert (row().credential.sealed, row().name, row().contact) == ("", "", "")
    for sent in (KEY, "Ada", "@ada"):
        assert sent not in page
    assert "<form" not in page[page.index("<main") : page.index("</main")]
    assert noted()[-1] == "contribution.withdraw"


def test_an_account_is_revoked_at_its_provider(lender: Lender, provider: Provider) -> None:
    path = account(lender, provider)
    secret = vault().open(row().credential.sealed.encode())
    (access,) = re.findall(r'"access_token":"([^"]+)"', secret)
    assert provider.knows(access)
    lender.post(f"{path}/withdraw")
    assert not provider.knows(access)
    assert row().revocation == Revocation.DONE
    assert "The provider has revoked the access." in text(lender.get(path))


def test_a_provider_that_is_silent_does_not_keep_the_secret_here(
    lender: Lender, provider: Provider, house: House
) -> None:
    path = account(lender, provider)
    house.late = True
    lender.post(f"{path}/withdraw")
    assert (row().state, row().credential.sealed) == (State.WITHDRAWN, "")
    assert row().revocation == Revocation.FAILED
    assert "could not be reached to revoke" in text(lender.get(path))


def test_a_provider_that_is_gone_from_the_configuration_is_told(
    lender: Lender, provider: Provider
) -> None:
    path = account(lender, provider)
    with override_settings(POTLUCK_ISSUERS=Issuers()):
        lender.post(f"{path}/withdraw")
    assert "no address here at which tokens are revoked" in text(lender.get(path))


def test_it_is_taken_back_once(lender: Lender) -> None:
    path = lent(lender)
    lender.post(f"{path}/withdraw")
    since = row().since
    lender.post(f"{path}/withdraw")
    assert "It has ended already." in text(lender.get(path))
    assert row().since == since


def test_who_was_refused_reads_why(lender: Lender) -> None:
    path = receipt(lender.lend())
    now = timezone.now()
    services.reject(vault(), row().pk, "<i>no</i> room", by="administrator", now=now)
    page = text(lender.get(path))
    assert standing(page) == ("spent", "not accepted")
    assert "&lt;i&gt;no&lt;/i&gt; room" in page


def test_a_form_needs_its_token_although_browsers_hide_the_origin(lender: Lender) -> None:
    path = lent(lender)
    lender.client = Client(enforce_csrf_checks=True)
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    change = f"{path}/change"
    fields = {"action": "pause"}
    assert lender.client.post(change, fields, headers=headers).status_code == 403
    (token,) = set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text(lender.get(path))))
    fields["csrfmiddlewaretoken"] = token
    for wrong in (
        headers | {"Sec-Fetch-Site": "cross-site"},
        headers | {"Origin": "https://evil.test"},
    ):
        assert lender.client.post(change, fields, headers=wrong).status_code == 403
    assert row().state == State.LENDING
    assert lender.client.post(change, fields, headers=headers).status_code == 303
    assert row().state == State.PAUSED


def test_receipts_do_not_open_each_other(lender: Lender, stranger: Lender) -> None:
    mine, theirs = lent(lender), lent(stranger, secret=f"{KEY}-theirs")
    lender.post(f"{mine}/withdraw")
    states = Contribution.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.WITHDRAWN, State.LENDING]
    assert standing(text(stranger.get(theirs))) == ("healthy", "well")


@pytest.mark.parametrize("status", [0, 400, 401, 429, 503])
def test_every_problem_has_words(status: int) -> None:
    assert words.problem(Mishap(datetime(2026, 1, 1, tzinfo=UTC), status)).endswith(".")


@pytest.mark.parametrize("why", ["", "away", "no_address", "refused", "client", "robot", "other"])
def test_every_failed_revocation_has_words(why: str) -> None:
    assert words.undone(why).endswith(".")


def day() -> Any:
    """The pool's day."""
    return tending.calendar().day(timezone.now())
