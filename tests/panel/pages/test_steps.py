from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from credentials.models import Credential
from keys.models import ApiKey, UsageDay
from panel.pages import steps
from tests.support.console import Person

pytestmark = pytest.mark.django_db


def states() -> list[tuple[bool, bool]]:
    found = steps.open_steps(RequestFactory().get("/panel"))
    return [(step.done, step.next) for step in found.each] if found else []


def following() -> str:
    found = steps.following(RequestFactory().get("/panel"))
    return found.slug if found else ""


def test_each_is_ticked_off_by_itself(site: Client, alice: Person) -> None:
    assert states() == [(False, True), (True, False), (False, False)]
    assert following() == "lend"
    Credential.objects.create(kind="gemini_api", provider="gemini")
    assert states() == [(True, False), (True, False), (False, True)]
    UsageDay.objects.create(key_id=alice.id, model="m", day="2026-11-21", calls=1)
    assert states() == [(True, False)] * 3
    assert following() == ""


def test_all_are_gone_an_hour_after_the_first_key(site: Client, alice: Person, bob: Person) -> None:
    Credential.objects.create(kind="gemini_api", provider="gemini")
    UsageDay.objects.create(key_id=bob.id, model="m", day="2026-11-21", calls=1)
    ApiKey.objects.filter(pk=alice.id).update(created_at=timezone.now() - timedelta(hours=1))
    assert states() == []
    assert following() == ""


def test_the_call_goes_to_this_gateway(site: Client) -> None:
    found = steps.open_steps(RequestFactory().get("/panel"))
    assert found is not None
    command = found.each[-1].command
    assert command.startswith("curl http://testserver/v1/chat/completions")
    assert "Bearer sk-…" in command
