from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from credentials.models import Contribution, Credential
from panel import removing
from tests.panel.pages.test_pool import contribute
from tests.support.console import Caller
from tests.support.pool import Note, add, lend, trail

__all__ = ["trail"]

pytestmark = pytest.mark.django_db


def test_each_has_its_result_in_their_order(console: Client, trail: list[Note]) -> None:
    own, lent = add("own"), add("lent")
    contribute(lent)
    found = removing.delete(RequestFactory().post("/"), [lent, 999, own, own])
    assert [(each.id, each.ok) for each in found] == [(lent, True), (999, False), (own, True)]
    assert not Credential.objects.exclude(sealed="").exists()
    assert [note.action for note in trail] == ["credential.delete", "contribution.reject"]


def test_a_lender_learns_why_and_that_its_provider_was_not_asked(console: Client) -> None:
    lent = contribute(lend())
    removing.delete(RequestFactory().post("/"), [lent.credential_id], "Too slow.")
    row = Contribution.objects.get()
    assert (row.state, row.reason, row.revocation) == ("rejected", "Too slow.", "failed")


def test_the_api_gives_it_back_too(admin: Caller) -> None:
    lent = contribute(add("lent"))
    admin("POST", "/creds/action", {"id": lent.credential_id, "action": "delete"})
    assert Contribution.objects.get().state == "rejected"
