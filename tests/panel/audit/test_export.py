from __future__ import annotations

import csv
import io
import json

import pytest

from panel import audit
from panel.audit import export
from panel.audit.search import Wanted

pytestmark = pytest.mark.django_db


def test_a_table_has_every_entry_and_no_formula() -> None:
    audit.note(None, "cost.set", "=1+1", after={"units": 8})
    audit.note(None, "key.edit", "读书群")
    text = b"".join(export.table(Wanted())).decode("utf-8-sig")
    newest, oldest = csv.DictReader(io.StringIO(text))
    assert (newest["id"], newest["target"], newest["actor"]) == ("2", "读书群", "command")
    assert (oldest["target"], oldest["after"]) == ("'=1+1", '{"units":8}')
    assert newest["previous"] == oldest["hash"]


def test_lines_of_json_hold_values() -> None:
    audit.note(None, "cost.set", "gpt", before={"units": 1}, after={"units": 8})
    (line,) = b"".join(export.objects(Wanted())).splitlines()
    found = json.loads(line)
    assert (found["before"], found["after"]) == ({"units": 1}, {"units": 8})
    assert found.keys() == set(export.COLUMNS)


def test_an_empty_trail_is_a_table_too() -> None:
    assert b"".join(export.table(Wanted())).decode("utf-8-sig").startswith("id,at,actor")
    assert list(export.objects(Wanted())) == []
