"""The table of what survives says what the codecs do."""

from __future__ import annotations

import pytest

from tests.support import survival
from tests.support.source import ROOT


@pytest.mark.parametrize("row", survival.rows(), ids=lambda row: row.english)
def test_nothing_is_lost_in_silence(row: survival.Row) -> None:
    for target, cell in row.cells.items():
        assert cell, f"no other dialect can say it to {target}"
        assert survival.SILENT not in cell.values()


def test_the_page_is_up_to_date() -> None:
    assert survival.PAGE.read_text(encoding="utf-8") == survival.page(), "run: make docs"


@pytest.mark.parametrize(("name", "language"), survival.READMES.items())
def test_the_readmes_are_up_to_date(name: str, language: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert survival.block(language) in text, "run: make docs"


def test_a_block_is_written_anew() -> None:
    text = "before\n<!-- survival -->\nold\n<!-- /survival -->\nafter\n"
    filled = survival.filled(text, "english")
    assert filled == f"before\n{survival.block('english')}\nafter\n"
    assert survival.filled(filled, "english") == filled
