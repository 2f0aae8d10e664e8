from __future__ import annotations

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from credentials.models import Credential
from keys import rollup, services
from keys.models import ApiKey, RequestRecord, UsageDay, UsageHour
from keys.sums import TopKey, UsageDate
from tests.support.records import record

pytestmark = pytest.mark.django_db(transaction=True)


def seed(*options: str) -> str:
    out = StringIO()
    small = ("--count", "40", "--days", "2", "--keys", "3", "--credentials", "6")
    call_command("seedrequests", *small, *options, stdout=out)
    return out.getvalue()


def test_it_fills_a_log_and_takes_all_of_it_away_again() -> None:
    assert seed().startswith("Wrote 40 invented requests")
    assert RequestRecord.objects.count() == 40
    assert ApiKey.objects.count() == 3
    assert sum(UsageDay.objects.values_list("calls", flat=True)) == 40
    UsageHour.objects.create(hour=1, calls=40)
    rollup.run(timezone.now())
    assert TopKey.objects.exists()
    assert UsageDate.objects.exists()
    out = StringIO()
    call_command("seedrequests", "--clear", stdout=out)
    assert out.getvalue() == "Deleted 40 invented requests.\n"
    tables = (RequestRecord, ApiKey, UsageDay, UsageHour, UsageDate, TopKey)
    assert [table._default_manager.count() for table in tables] == [0] * 6
    assert not Credential.objects.filter(deleted_at=None).exists()


def test_its_credentials_are_never_asked_and_found_again() -> None:
    seed()
    seed("--seed", "2")
    found = Credential.objects.all()
    assert len(found) == 6
    assert not any(each.enabled for each in found)
    assert RequestRecord.objects.filter(credential_id__in=[each.pk for each in found]).exists()
    assert ApiKey.objects.count() == 3


def test_it_refuses_beside_real_requests() -> None:
    record("00000000abcd")
    with pytest.raises(CommandError, match="--force"):
        seed()
    assert RequestRecord.objects.count() == 1
    seed("--force")
    assert RequestRecord.objects.count() == 41


def test_it_takes_away_nothing_that_is_real() -> None:
    real, _secret = services.create(settings.POTLUCK_PEPPER, total=5)
    record("00000000abcd", key_id=real.pk)
    record("zzz", key_id=real.pk)
    UsageHour.objects.create(hour=1, calls=2)
    seed("--force")
    given = ApiKey.objects.filter(created_by="seedrequests").first()
    assert given is not None
    services.grant(services.resize(given.pk, 1).pk, 1)
    call_command("seedrequests", "--clear", stdout=StringIO())
    assert set(RequestRecord.objects.values_list("request_id", flat=True)) == {
        "00000000abcd",
        "zzz",
    }
    assert set(ApiKey.objects.values_list("pk", flat=True)) == {real.pk, given.pk}
    assert UsageHour.objects.count() == 1


@pytest.mark.parametrize("option", ["--count", "--days", "--keys", "--credentials"])
def test_it_says_what_it_can_make(option: str) -> None:
    with pytest.raises(CommandError, match=f"{option} is a whole number from 1 to"):
        seed(option, "0")
