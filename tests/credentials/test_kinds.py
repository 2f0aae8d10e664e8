"""The closed sets are the ones that the database allows."""

from __future__ import annotations

import enum

import pytest
from django.db.models import CharField

from credentials.kinds import Kind, Source
from credentials.models import Credential


@pytest.mark.parametrize(("name", "values"), [("kind", Kind), ("source", Source)])
def test_every_value_is_a_choice_and_fits(name: str, values: type[enum.StrEnum]) -> None:
    column = Credential._meta.get_field(name)
    assert isinstance(column, CharField)
    assert [value for value, _ in column.choices or ()] == list(values)
    assert all(len(value) <= (column.max_length or 0) for value in values)
