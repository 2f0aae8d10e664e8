from __future__ import annotations

import logging

import pytest
from django.db import transaction
from django.test import RequestFactory

from panel import audit
from panel.audit import book
from panel.auth import visitor
from panel.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]


def test_it_is_written_with_the_change_or_not_at_all() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.note(None, "key.edit", "key 1")
        raise ZeroDivisionError
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("inside", "action", "target", "by", "actor"),
    [
        (True, "key.edit", "key 1", "", "administrator"),
        (False, "handout.claim", "key 1", "", "visitor"),
        (False, "session.begin", "", "", "administrator"),
        (False, "session.refuse", "", "", "visitor"),
        (False, "contribution.offer", "contribution 7", "", "contributor 7"),
        (False, "credential.add", "credential 3", "contributor 7", "contributor 7"),
        (True, "contribution.approve", "contribution 7", "", "administrator"),
    ],
)
def test_it_tells_who_it_was(inside: bool, action: str, target: str, by: str, actor: str) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.9")
    if inside:
        visitor.enter(request)
    number = audit.note(request, action, target, by=by)
    entry = AuditEntry.objects.get()
    assert (entry.id, entry.actor, entry.address) == (number, actor, "192.0.2.9")


def test_a_command_has_no_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "potluck.audit"):
        audit.note(None, "key.edit", "key 1", before={"rpm": 1}, after={"rpm": None})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.address, entry.after) == ("command", "", '{"rpm":null}')
    assert list(book.findings()) == []
    said = caplog.messages[-1]
    assert "key.edit key 1 by command: {'rpm': 1} -> {'rpm': None}" in said
    assert f"entry {entry.id}, {entry.hash[:16]}" in said


def test_nobody_s_header_makes_an_administrator() -> None:
    request = RequestFactory().post("/", headers={"potluck.who": "administrator"})
    audit.note(request, "key.edit")
    assert AuditEntry.objects.get().actor == "visitor"


def test_a_secret_reaches_neither_the_trail_nor_the_log(caplog: pytest.LogCaptureFixture) -> None:
    secret = "sk-" + "a" * 43
    with caplog.at_level(logging.INFO, "potluck.audit"):
        audit.note(None, "key.edit", secret, after={"password": "hunter2", "said": secret})
    entry = AuditEntry.objects.get()
    assert "a" * 43 not in f"{entry.target}{entry.after}{caplog.text}"
    assert "hunter2" not in f"{entry.after}{caplog.text}"
