from __future__ import annotations

import pytest

from panel import password
from panel.models import PanelPassword

pytestmark = pytest.mark.django_db


def test_it_is_shown_once_and_then_known() -> None:
    shown = password.ensure("")
    assert shown is not None
    assert password.ensure("") is None
    assert password.matches(shown, "")
    assert not password.matches(shown.upper(), "")


def test_only_a_hash_is_stored() -> None:
    shown = password.ensure("")
    assert PanelPassword.objects.get().hash.startswith("$2b$12$")
    assert str(shown) not in PanelPassword.objects.get().hash


def test_one_from_the_environment_counts_alone() -> None:
    generated = password.ensure("")
    assert password.ensure("from outside") is None
    assert password.matches("from outside", "from outside")
    assert not password.matches(str(generated), "from outside")


def test_without_any_nobody_gets_in() -> None:
    assert not password.matches("", "")
    assert not password.matches("pwd", "")


def test_a_change_ends_the_old_one() -> None:
    generated = str(password.ensure(""))
    password.change("a new one")
    assert password.matches("a new one", "")
    assert not password.matches(generated, "")


def test_every_character_of_a_long_one_counts() -> None:
    password.change("x" * 100 + "a")
    assert not password.matches("x" * 100 + "b", "")


def test_generated_ones_differ() -> None:
    assert len({password.generate() for _ in range(100)}) == 100


def test_every_change_begins_a_new_generation() -> None:
    assert password.generation() == 0
    password.change("the first one")
    password.change("the second one")
    assert password.generation() == 2


def test_sessions_can_be_ended_without_another_password() -> None:
    generated = str(password.ensure(""))
    before = password.generation()
    password.advance()
    assert password.generation() == before + 1
    assert password.matches(generated, "")


def test_beside_one_from_the_environment_the_count_alone_is_stored() -> None:
    password.advance()
    assert password.generation() > 0
    assert not password.matches("", "")
    shown = password.ensure("")
    assert shown is not None
    assert password.matches(shown, "")
    assert password.ensure("") is None
