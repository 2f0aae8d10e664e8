"""The counter that readers wait on, and what a row shows."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from credentials.models import Credential, Revision

pytestmark = pytest.mark.django_db


def test_the_revision_counts_up_from_nothing() -> None:
    assert Revision.current() == 0
    assert [Revision.bump(), Revision.bump()] == [1, 2]
    assert Revision.current() == 2


def test_a_change_that_is_taken_back_has_no_number() -> None:
    Revision.bump()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Revision.bump()
        _ = 1 / 0
    assert str(Revision.objects.get()) == "1"


def test_a_secret_is_stored_once_per_provider() -> None:
    Credential.objects.create(provider="a", fingerprint="f")
    Credential.objects.create(provider="b", fingerprint="f")
    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.create(provider="a", fingerprint="f")


def test_removed_ones_do_not_stand_in_each_other_s_way() -> None:
    Credential.objects.create(provider="a", fingerprint=None)
    Credential.objects.create(provider="a", fingerprint=None)
    assert Credential.objects.count() == 2


def test_a_row_shows_its_name_and_not_its_secret() -> None:
    row = Credential(pk=7, provider="a", label="mine", sealed="gAAAA", fingerprint="f")
    assert (str(row), repr(row)) == ("a 7 mine", "<Credential: a 7 mine>")
