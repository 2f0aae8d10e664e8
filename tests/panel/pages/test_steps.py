from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from credentials.models import Credential
from keys.models import UsageDay
from panel.pages import steps
from tests.support.console import Person

pytestmark = pytest.mark.django_db


def states() -> list[tuple[bool, bool]]:
    return [(step.done, step.next) for step in steps.open_steps(RequestFactory().get("/panel"))]


def test_each_is_ticked_off_by_itself(site: Client, alice: Person) -> None:
    assert states() == [(False, True), (True, False), (False, False)]
    Credential.objects.create(kind="gemini_api", provider="gemini")
    assert states() == [(True, False), (True, False), (False, True)]
    UsageDay.objects.create(key_id=alice.id, model="m", day="2026-11-21", calls=1)
    assert states() == []


def test_the_call_goes_to_this_gateway(site: Client) -> None:
    command = steps.open_steps(RequestFactory().get("/panel"))[-1].command
    assert command.startswith("curl http://testserver/v1/chat/completions")
    assert "Bearer sk-…" in command
