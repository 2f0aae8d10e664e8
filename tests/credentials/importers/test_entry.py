"""An entry does not show its secret."""

from __future__ import annotations

from credentials.importers.entry import Entry


def test_it_shows_its_label_only() -> None:
    assert repr(Entry("planted-secret", label="mine")) == "<Entry 'mine'>"
    assert "planted-secret" not in f"{[Entry('planted-secret')]}"
