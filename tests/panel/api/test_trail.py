"""`/auth/audit`."""

from __future__ import annotations

import json

import pytest
from django.http import StreamingHttpResponse

from panel import audit
from panel.models import AuditEntry
from tests.support.console import PASSWORD, Caller

pytestmark = pytest.mark.django_db

TRAIL = "/auth/audit"


def test_it_tells_who_changed_what(admin: Caller) -> None:
    admin("POST", "/auth/models/costs", {"model_name": "gpt", "cost": 3})
    (entry,) = admin("GET", TRAIL).body["entries"]
    assert (entry["action"], entry["target"]) == ("cost.set", "gpt")
    assert (entry["actor"], entry["address"]) == ("administrator", "127.0.0.1")
    assert (entry["before"], entry["after"], entry["sound"]) == ({}, {"units": 3}, True)


def test_it_is_narrowed_and_paged(admin: Caller) -> None:
    for name in ("a", "b", "c"):
        audit.note(None, "cost.set", name)
    audit.note(None, "key.edit", "key 1")
    first = admin("GET", f"{TRAIL}?group=cost&limit=2").body
    assert [each["target"] for each in first["entries"]] == ["c", "b"]
    rest = admin("GET", f"{TRAIL}?group=cost&limit=2&cursor={first['next']}").body
    assert ([each["target"] for each in rest["entries"]], rest["next"]) == (["a"], None)


def test_an_entry_that_was_changed_is_marked(admin: Caller) -> None:
    audit.note(None, "cost.set", "gpt")
    AuditEntry.objects.update(target="gpt-5", after="[")
    (entry,) = admin("GET", TRAIL).body["entries"]
    assert (entry["sound"], entry["after"]) == (False, {})


@pytest.mark.parametrize("query", ["cursor=x", "since=soon", "limit=0", "colour=red"])
def test_a_question_without_sense_is_refused(admin: Caller, query: str) -> None:
    answer = admin("GET", f"{TRAIL}?{query}")
    assert (answer.status, answer.code) == (400, "invalid_request")


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("jsonl", "application/jsonl")])
def test_it_is_downloaded_and_that_is_noted(admin: Caller, form: str, kind: str) -> None:
    audit.note(None, "cost.set", "gpt")
    headers = {"Authorization": f"Bearer {PASSWORD}"}
    answer = admin.client.get(f"{TRAIL}/export?form={form}&group=cost", headers=headers)
    assert isinstance(answer, StreamingHttpResponse)
    assert b"gpt" in answer.getvalue()
    assert answer["Content-Type"].startswith(kind)
    noted = AuditEntry.objects.latest("id")
    assert (noted.action, json.loads(noted.after)) == (
        "audit.export",
        {"as": form, "group": "cost"},
    )


def test_it_is_for_the_administrator(visitor: Caller) -> None:
    assert visitor("GET", TRAIL).status == visitor("GET", f"{TRAIL}/export").status == 401
