"""Settings that are changed are noted, and can be brought back."""

from __future__ import annotations

import json

import pytest
from django.test import RequestFactory

from gateway import stored
from panel import steering
from panel.bridge import Wrong
from panel.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]

ASKED = RequestFactory().post("/")


def last() -> AuditEntry:
    return AuditEntry.objects.latest("id")


def test_each_changed_setting_has_its_entry() -> None:
    done = steering.change(ASKED, {"AUTO_BAN": "no", "CONNECT_TIMEOUT": "3", "HOST_URL": None})
    assert (done.names, done.restart) == (["AUTO_BAN", "CONNECT_TIMEOUT"], ["CONNECT_TIMEOUT"])
    first = AuditEntry.objects.get(pk=done.entries[0])
    assert (first.action, first.target) == ("setting.change", "AUTO_BAN")
    assert json.loads(first.before) == {"value": "true", "source": "default"}
    assert json.loads(first.after) == {"value": "false", "source": "stored"}
    assert AuditEntry.objects.count() == 2


def test_all_or_nothing() -> None:
    with pytest.raises(Wrong) as caught:
        steering.change(ASKED, {"AUTO_BAN": "no", "CONNECT_TIMEOUT": "soon"})
    assert list(caught.value.errors) == ["CONNECT_TIMEOUT"]
    assert not AuditEntry.objects.exists()
    assert stored.rows() == {}


def test_an_entry_tells_what_to_bring_back() -> None:
    steering.change(ASKED, {"HOST_URL": "https://a.example"})
    assert steering.before(last()) == (None,)
    steering.change(ASKED, {"HOST_URL": "https://b.example"})
    assert steering.before(last()) == ("https://a.example",)
    steering.change(ASKED, {"HOST_URL": None})
    assert steering.before(last()) == ("https://b.example",)


@pytest.mark.parametrize(
    ("action", "before"),
    [
        ("key.edit", '{"value":"x","source":"stored"}'),
        ("setting.change", '{"value":"a…","source":"stored"}'),
        ("setting.change", '{"value":5,"source":"stored"}'),
        ("setting.change", '{"source":"stored"}'),
    ],
)
def test_what_is_not_known_is_not_brought_back(action: str, before: str) -> None:
    assert steering.before(AuditEntry(action=action, before=before)) is None
