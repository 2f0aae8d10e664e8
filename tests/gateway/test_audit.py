"""`manage.py audit`: the ledger and the trail."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from keys.models import ApiKey
from panel import audit
from panel.models import AuditEntry

pytestmark = pytest.mark.django_db


def say(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[str, CommandError]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*arguments, stdout=out)
    return out.getvalue(), error.value


def test_it_is_content_when_everything_is_in_order() -> None:
    say("createkey", "--quota", "50")
    audit.note(None, "cost.set", "gpt")
    assert say("audit") == "1 key adds up.\nThe audit trail is unbroken: 2 entries.\n"


def test_it_fails_when_a_figure_does_not_add_up() -> None:
    say("createkey", "--quota", "50")
    ApiKey.objects.update(used=F("used") + 1)
    printed, error = refused("audit")
    assert error.returncode == 1
    assert "the used units is 1, but should be 0" in printed


def test_it_fails_when_the_trail_is_broken_and_says_where_first() -> None:
    for name in ("a", "b", "c"):
        audit.note(None, "cost.set", name)
    AuditEntry.objects.filter(pk__gte=2).update(actor="nobody")
    printed, error = refused("audit")
    assert error.returncode == 1
    assert "first here: entry 2 (cost.set) is not as it was written." in str(error)
    assert printed.count("audit trail:") == 2


def test_it_speaks_json() -> None:
    say("createkey", "--quota", "50")
    expected = {"keys": 1, "findings": [], "entries": 1, "trail": []}
    assert json.loads(say("audit", "--json")) == expected
