from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from keys.limits.pace import Pace
from keys.lockout import ADDRESS
from panel import password
from panel.auth import CodeWanted, Refused, WrongCode, entry, factor, sessions
from panel.models import AuditEntry
from tests.support.console import PASSWORD
from tests.support.factor import EARLIER, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]

NOW = EARLIER + timedelta(hours=1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was refused in this hour."""
    monkeypatch.setattr(entry, "_refusals", Pace(3_600.0))


def asked(address: str = "192.0.2.1") -> HttpRequest:
    return RequestFactory().post("/login", REMOTE_ADDR=address)


def noted(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("id"))


def test_the_password_is_not_enough_beside_a_second_factor() -> None:
    phone = set_up()
    with pytest.raises(CodeWanted):
        entry.login(asked(), PASSWORD, now=NOW)
    ticket = entry.login(asked(), PASSWORD, phone.code(NOW), NOW)
    assert sessions.find(ticket.token, NOW) == ticket.session


def test_a_wrong_password_asks_for_no_code() -> None:
    phone = set_up()
    with pytest.raises(Refused) as refused:
        entry.login(asked(), "wrong", phone.code(NOW), NOW)
    assert not isinstance(refused.value, WrongCode)
    assert factor.check(phone.code(NOW), NOW)


def test_right_passwords_between_do_not_forgive_wrong_codes() -> None:
    phone, said = set_up(), []
    for _ in range(ADDRESS.free + 2):
        with pytest.raises(Refused) as refused:
            entry.login(asked(), PASSWORD, phone.wrong(NOW), NOW)
        said.append(refused.value.retry_after)
    assert said == [None] * (ADDRESS.free + 1) + [2.0]
    with pytest.raises(Refused):
        entry.login(asked(), PASSWORD, phone.code(NOW), NOW)


def test_codes_guessed_from_many_addresses_wait_up_to_a_quarter_of_an_hour() -> None:
    phone, now = set_up(), NOW
    for number in range(30):
        with pytest.raises(Refused) as refused:
            entry.show(asked(f"203.0.113.{number}"), phone.wrong(now), now)
        now += timedelta(seconds=refused.value.retry_after or 0)
    assert (refused.value.retry_after or 0) > 60


def test_with_a_second_factor_no_request_carries_the_password_itself() -> None:
    entry.recall(asked(), PASSWORD, NOW)
    set_up()
    with pytest.raises(CodeWanted, match="POST /auth/login"):
        entry.recall(asked(), PASSWORD, NOW)


def test_a_login_is_noted_with_what_was_shown() -> None:
    phone = set_up()
    entry.login(asked(), PASSWORD, phone.recovery[0], NOW)
    [row] = noted("session.begin")
    assert (row.address, row.at) == ("192.0.2.1", NOW)
    assert "recovery" in row.after
    assert phone.recovery[0] not in row.after


def test_thirty_refusals_an_hour_are_noted_and_no_word_that_was_tried() -> None:
    for number in range(40):
        with pytest.raises(Refused):
            entry.prove(asked(f"192.0.2.{number}"), "guess-4711", NOW + timedelta(minutes=number))
    rows = noted("session.refuse")
    assert len(rows) == 30
    assert not any("4711" in row.after + row.target for row in rows)
    later = NOW + timedelta(hours=2)
    with pytest.raises(Refused):
        entry.prove(asked("192.0.2.200"), "guess", later)
    assert len(noted("session.refuse")) == 31


def test_switching_it_off_takes_password_and_code() -> None:
    phone = set_up()
    for attempt, code in (("wrong", phone.code(NOW)), (PASSWORD, phone.wrong(NOW))):
        with pytest.raises(Refused):
            entry.disable(asked(), attempt, code, NOW)
    assert factor.on()
    entry.disable(asked(), PASSWORD, phone.recovery[0], NOW)
    assert not factor.on()
    assert len(noted("factor.disable")) == 1


def test_everywhere_means_every_session_with_any_password() -> None:
    first, second = (sessions.begin(password.generation(), NOW) for _ in range(2))
    entry.everywhere(asked())
    assert sessions.find(first.token, NOW) is sessions.find(second.token, NOW) is None
    fresh = sessions.begin(password.generation(), NOW)
    assert sessions.find(fresh.token, NOW) is not None
