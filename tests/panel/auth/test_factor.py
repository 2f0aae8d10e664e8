from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings

from panel.auth import factor, tokens
from panel.auth.factor import Late, Proof, Unreadable
from panel.models import RecoveryCode, SecondFactor
from tests.support.factor import EARLIER, set_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

NOW = EARLIER + timedelta(hours=1)
SESSION = tokens.begin(0, NOW)


def test_a_code_of_the_phone_is_proof_once() -> None:
    phone = set_up()
    assert factor.check(phone.code(NOW), NOW) is Proof.CODE
    assert factor.check(phone.code(NOW), NOW) is None
    assert factor.check(phone.code(NOW, 1), NOW) is Proof.CODE


def test_after_a_later_code_an_earlier_one_is_too_late() -> None:
    phone = set_up()
    assert factor.check(phone.code(NOW, 1), NOW) is Proof.CODE
    assert factor.check(phone.code(NOW), NOW) is None
    assert factor.check(phone.code(NOW, -1), NOW) is None


def test_the_code_that_set_it_up_does_not_log_in() -> None:
    phone = set_up(NOW)
    assert factor.check(phone.code(NOW), NOW) is None


@pytest.mark.parametrize("text", ["{0} {1}", " {0}{1} ", "{0}-{1}"])
def test_a_code_may_be_typed_as_apps_show_it(text: str) -> None:
    code = set_up().code(NOW)
    assert factor.check(text.format(code[:3], code[3:]), NOW) is Proof.CODE


@pytest.mark.parametrize("text", ["", "000", "x" * 14, "\0", "٢٨٧٠٨٢", "1" * 100])
def test_anything_else_proves_nothing(text: str) -> None:
    phone = set_up()
    assert factor.check(text, NOW) is None
    assert factor.check(phone.wrong(NOW), NOW) is None


def test_a_recovery_code_is_good_once() -> None:
    phone = set_up()
    assert len(set(phone.recovery)) == factor.CODES == factor.left()
    assert factor.check(phone.recovery[3].upper(), NOW) is Proof.RECOVERY
    assert factor.check(phone.recovery[3], NOW) is None
    assert factor.left() == factor.CODES - 1


def test_new_recovery_codes_void_the_old_ones() -> None:
    old, new = set_up().recovery, factor.recode()
    assert factor.check(old[0], NOW) is None
    assert factor.check(new[0], NOW) is Proof.RECOVERY


def test_nothing_readable_is_stored() -> None:
    phone = set_up()
    row = SecondFactor.objects.get()
    assert phone.secret.encode() not in bytes(row.secret)
    digests = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert not digests & {*phone.recovery, *(each.replace("-", "") for each in phone.recovery)}


def test_switched_off_nothing_proves_anything() -> None:
    phone = set_up()
    assert factor.disable()
    assert not factor.on()
    assert factor.check(phone.code(NOW), NOW) is None
    assert factor.check(phone.recovery[0], NOW) is None
    assert not factor.disable()


def test_a_proposal_is_for_the_session_that_began_it() -> None:
    found = factor.propose(SESSION, NOW)
    assert factor.proposal(found.sealed(), SESSION, NOW) == found
    assert found.secret not in found.sealed()
    other = tokens.begin(0, NOW)
    for session, now in ((other, NOW), (SESSION, NOW + timedelta(minutes=15))):
        with pytest.raises(Late):
            factor.proposal(found.sealed(), session, now)
    assert not factor.on()


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "é", "\ud800"])
def test_a_forged_proposal_is_none(sealed: str) -> None:
    with pytest.raises(Late):
        factor.proposal(sealed, SESSION, NOW)


def test_there_is_one_factor_at_most() -> None:
    first = factor.propose(SESSION, NOW)
    phone = set_up()
    with pytest.raises(Late):
        factor.proposal(first.sealed(), SESSION, NOW)
    with pytest.raises(Late):
        factor.enable(first, 1, NOW)
    assert factor.check(phone.recovery[0], NOW) is Proof.RECOVERY


def test_a_new_vault_key_takes_over_with_the_next_code() -> None:
    phone, new = set_up(), Fernet.generate_key()
    both = [new, *settings.POTLUCK_VAULT_KEYS]
    with override_settings(POTLUCK_VAULT_KEYS=both):
        assert factor.check(phone.recovery[0], NOW) is Proof.RECOVERY
        assert factor.check(phone.code(NOW), NOW) is Proof.CODE
    with override_settings(POTLUCK_VAULT_KEYS=[new]):
        assert factor.check(phone.code(NOW, 1), NOW) is Proof.CODE


def test_without_the_vault_key_it_says_what_to_do() -> None:
    phone = set_up()
    lost = override_settings(POTLUCK_VAULT_KEYS=[Fernet.generate_key()])
    with lost, pytest.raises(Unreadable, match="dropfactor"):
        factor.check(phone.code(NOW), NOW)
