"""What requests hold of a lender goes, also where an older version has written it."""

from __future__ import annotations

import pytest

from credentials.lending import services
from keys.models import RequestRecord
from panel import nameless
from tests.credentials.fakes import NOW, VAULT
from tests.credentials.lending.lender import lend
from tests.support.records import record

pytestmark = pytest.mark.django_db


def test_an_older_record_names_no_lender() -> None:
    one, two = lend().contribution, lend("planted-other-key-0123456789").contribution
    for row in (one, two):
        record(credential_id=row.credential_id, credential_label="anna@mail.test")
    record(credential_id=one.credential_id + 99)
    services.withdraw(VAULT, two.pk, now=NOW)
    assert nameless.tidy() == 2
    found = RequestRecord.objects.order_by("pk").values_list("credential_label", flat=True)
    assert list(found) == [str(one), str(two), "of Ada"]
