from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings

from panel import password
from panel.auth import sessions, tokens
from panel.models import EndedSession

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_a_session_is_found_by_its_token() -> None:
    ticket = sessions.begin(0, NOW)
    assert sessions.find(ticket.token, NOW) == ticket.session


def test_logging_out_ends_every_token_of_the_session() -> None:
    first = sessions.begin(0, NOW)
    second = sessions.renew(first.session, NOW + timedelta(minutes=40))
    sessions.end(second.session, NOW + timedelta(minutes=41))
    assert sessions.find(first.token, NOW + timedelta(minutes=42)) is None
    assert sessions.find(second.token, NOW + timedelta(minutes=42)) is None
    assert sessions.find(sessions.begin(0, NOW).token, NOW) is not None


def test_logging_out_twice_is_logging_out() -> None:
    ticket = sessions.begin(0, NOW)
    sessions.end(ticket.session, NOW)
    sessions.end(ticket.session, NOW)
    assert EndedSession.objects.count() == 1


def test_ended_sessions_are_forgotten_when_they_would_be_over_anyway() -> None:
    sessions.end(sessions.begin(0, NOW).session, NOW)
    sessions.end(sessions.begin(0, NOW).session, NOW + tokens.LONGEST)
    assert EndedSession.objects.count() == 1


def test_a_new_password_ends_all_sessions(site: Client) -> None:
    ticket = sessions.begin(password.generation(), NOW)
    password.change("another one")
    assert sessions.find(ticket.token, NOW) is None


def test_another_panel_password_ends_all_sessions() -> None:
    ticket = sessions.begin(0, NOW)
    config = dataclasses.replace(settings.POTLUCK, panel_password="another one")
    with override_settings(POTLUCK=config):
        assert sessions.find(ticket.token, NOW) is None
