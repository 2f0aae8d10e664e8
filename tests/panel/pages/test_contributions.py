"""The administrator's side of what people lend."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from credentials import services as credentials
from credentials.lending import invites
from credentials.lending.rules import Openness
from credentials.lending.states import Revocation, State
from credentials.models import Contribution, Credential, Invite, ServedDay
from tests.support.contributor import (
    KEY,
    House,
    Lender,
    configured,
    noted,
    receipt,
    row,
    text,
    trail,
)
from tests.support.oauthserver import Provider

pytestmark = pytest.mark.django_db

PAGE = "/panel/contributions"


def post(inside: Client, verb: str, **fields: str) -> Any:
    return inside.post(f"{PAGE}/{row().pk}/{verb}", fields)


@pytest.mark.parametrize(
    "path", ["", "/invites", "/login", "/1/approve", "/1/reject", "/1/switch", "/invites/1/drop"]
)
def test_it_is_for_the_administrator(lender: Lender, path: str) -> None:
    lender.lend()
    for answer in (lender.get(f"{PAGE}{path}"), lender.post(f"{PAGE}{path}")):
        assert answer.status_code in (302, 405)
        assert KEY not in text(answer)
    assert (row().state, Invite.objects.count()) == (State.QUARANTINED, 0)


def test_an_empty_list_says_what_belongs_there(inside: Client) -> None:
    page = text(inside.get(PAGE))
    assert "Nobody has brought anything yet" in page
    assert "Set CONTRIBUTIONS to open or invite" in page
    assert f'href="{PAGE}" ' in page


def test_who_waits_is_shown_first(house: House, lender: Lender, inside: Client) -> None:
    lender.lend(name="Ada", contact="@ada")
    ServedDay.objects.create(credential=row().credential, day=timezone.now(), served=1_234)
    page = text(inside.get(PAGE))
    for shown in ("Gemini API key", "AIza…nopq", "Ada", "@ada", "1,234", "official key", "works"):
        assert shown in page
    assert re.search(r'aria-current="page">waiting for approval <small>1</small>', page)
    assert KEY not in page


def test_it_is_approved(house: House, lender: Lender, inside: Client) -> None:
    lender.lend()
    assert post(inside, "approve").status_code == 303
    assert (row().state, row().credential.enabled, row().credential.held) == (
        "lending",
        True,
        False,
    )
    assert noted()[-1] == "contribution.approve"
    post(inside, "approve")
    assert "it has changed meanwhile" in text(inside.get(f"{PAGE}?state=lending"))


def test_it_is_refused_with_a_reason(house: House, lender: Lender, inside: Client) -> None:
    path = receipt(lender.lend())
    assert "May be empty" in text(inside.get(f"{PAGE}/{row().pk}/reject"))
    assert row().state == State.QUARANTINED
    post(inside, "reject", reason="no room")
    assert (row().state, row().credential.sealed) == (State.REJECTED, "")
    assert "no room" in text(lender.get(path))
    assert "no room" in text(inside.get(f"{PAGE}?state=rejected"))
    assert noted()[-1] == "contribution.reject"


def test_an_account_that_is_refused_is_revoked(
    lender: Lender, provider: Provider, inside: Client
) -> None:
    lender.arrive(provider.agree(lender.leave()))
    post(inside, "reject")
    assert row().revocation == Revocation.DONE


def test_it_is_paused_and_its_lender_cannot_overrule_that(
    house: House, lender: Lender, inside: Client
) -> None:
    path = receipt(lender.lend())
    post(inside, "switch", on="true")
    assert not row().credential.enabled
    post(inside, "approve")
    post(inside, "switch", on="false")
    assert "switched off" in text(inside.get(f"{PAGE}?state=lending"))
    for action in ("pause", "resume"):
        lender.post(f"{path}/change", action=action)
    assert (row().state, row().credential.enabled) == (State.LENDING, False)
    post(inside, "switch", on="true")
    assert row().credential.enabled
    assert noted()[-1] == "contribution.resume"


def test_what_is_removed_elsewhere_is_shown_so(
    house: House, lender: Lender, inside: Client
) -> None:
    lender.lend()
    credentials.remove([row().credential_id])
    page = text(inside.get(PAGE))
    assert "removed" in page
    assert "/approve" not in page


@pytest.mark.parametrize(
    "query", ["?state=nonsense", "?state=lending&after=x", "?after=" + "9" * 30]
)
def test_a_strange_address_is_the_list(inside: Client, query: str) -> None:
    assert inside.get(PAGE + query).status_code == 200


def test_many_are_turned_over(house: House, lender: Lender, inside: Client) -> None:
    lender.lend()
    first = row()
    for number in range(52):
        other = Credential.objects.create(kind="gemini_api", provider="gemini", label=f"n{number}")
        values = {**Contribution.objects.values().get(pk=first.pk), "state": "paused"}
        del values["id"]
        Contribution.objects.create(**values | {"credential_id": other.pk, "digest": f"{number}"})
    page = text(inside.get(f"{PAGE}?state=paused"))
    assert page.count('class="head"') == 50
    (further,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert text(inside.get(further.replace("&amp;", "&"))).count('class="head"') == 2


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_nobody_is_led_away(house: House, lender: Lender, inside: Client, target: str) -> None:
    lender.lend()
    assert post(inside, "approve", next=target)["Location"] == "/"
    page = inside.get(f"{PAGE}/{row().pk}/reject", {"next": target})
    assert 'name="next" value="/"' in text(page)


def test_codes_are_shown_once(inside: Client) -> None:
    page = text(inside.post(f"{PAGE}/invites", {"count": 2, "uses": 3, "days": 5, "note": "club"}))
    codes = re.findall(r"\w{5}-\w{5}-\w{5}-\w{5}", page)
    assert len(codes) == 2
    now = timezone.now()
    assert all(invites.valid(code, settings.POTLUCK_PEPPER, now) for code in codes)
    again = text(inside.get(f"{PAGE}/invites"))
    assert "club" in again
    assert not any(code in again + trail() for code in codes)
    assert noted()[-1] == "invite.create"


@pytest.mark.parametrize(
    "fields", [{"count": 0}, {"count": 201}, {"uses": ""}, {"days": 10**9}, {"note": "x" * 201}]
)
def test_numbers_out_of_range_are_refused(inside: Client, fields: dict[str, object]) -> None:
    said = {"count": 1, "uses": 1, "days": 1} | fields
    assert inside.post(f"{PAGE}/invites", said).status_code == 422
    assert not Invite.objects.exists()


def test_a_code_is_ended(inside: Client) -> None:
    invites.create(settings.POTLUCK_PEPPER, count=1, uses=1, days=1, now=timezone.now())
    path = f"{PAGE}/invites/{Invite.objects.get().pk}/drop"
    assert (inside.post(path).status_code, Invite.objects.count()) == (303, 0)
    assert noted()[-1] == "invite.drop"
    assert inside.post(path).status_code == 303


def test_it_says_who_may_contribute(house: House, inside: Client) -> None:
    for openness, sentence in (
        (Openness.OPEN, "Everybody may contribute"),
        (Openness.INVITE, "Whoever has an invite code"),
        (Openness.OFF, "CONTRIBUTIONS is off"),
    ):
        with configured(contributions=openness):
            assert sentence in text(inside.get(PAGE))
