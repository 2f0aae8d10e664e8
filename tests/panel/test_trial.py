"""Keys of the playground leave the list when they are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from keys import services
from keys.models import ApiKey
from panel import trial
from panel.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
ASKED = RequestFactory().post("/")


def listed() -> set[int]:
    return set(ApiKey.objects.filter(deleted=False).values_list("pk", flat=True))


def test_one_that_is_over_is_deleted_and_noted() -> None:
    old, _secret = trial.mint(ASKED, NOON - trial.VALID)
    young, _secret = trial.mint(ASKED, NOON - trial.VALID + timedelta(seconds=1))
    assert trial.clear(NOON) == 1
    assert listed() == {young.pk}
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.target, entry.actor) == ("key.delete", f"key {old.pk}", "gateway")
    assert trial.clear(NOON) == 0


def test_one_that_somebody_has_taken_over_stays() -> None:
    named, _secret = trial.mint(ASKED, NOON - trial.VALID)
    longer, _secret = trial.mint(ASKED, NOON - trial.VALID)
    services.edit(named.pk, description="Ada")
    services.edit(longer.pk, expires_at=None)
    own = services.create(b"pepper", description=trial.LABEL, expires_at=NOON)[0]
    assert trial.clear(NOON + timedelta(days=9)) == 0
    assert listed() == {named.pk, longer.pk, own.pk}
