"""`manage.py dropfactor`."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from panel.auth import factor
from panel.models import AuditEntry
from tests.support.factor import set_up

pytestmark = pytest.mark.django_db


def run() -> str:
    out = io.StringIO()
    call_command("dropfactor", stdout=out)
    return out.getvalue()


def test_it_lets_who_has_lost_the_phone_in_again() -> None:
    set_up()
    assert run() == "The second factor is off. Log in with the password alone.\n"
    assert not factor.on()
    assert factor.left() == 0
    [row] = AuditEntry.objects.all()
    assert (row.action, row.actor) == ("factor.disable", "command")


def test_where_there_is_none_it_says_so() -> None:
    assert "no second factor" in run()
    assert not AuditEntry.objects.exists()
