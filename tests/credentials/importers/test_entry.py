"""An entry does not show its secret, and a remark says itself."""

from __future__ import annotations

from credentials.importers.entry import BadFile, Entry, Remark, remark


def test_it_shows_its_label_only() -> None:
    assert repr(Entry("planted-secret", label="mine")) == "<Entry 'mine'>"
    assert "planted-secret" not in f"{[Entry('planted-secret')]}"


def test_a_remark_may_hold_another() -> None:
    why = remark("line %(line)d", line=3)
    assert str(remark("Broken: %(why)s", why=why)) == "Broken: line 3"
    assert str(Remark("100 % plain")) == "100 % plain"


def test_a_bad_file_says_its_remark() -> None:
    error = BadFile("Line %(line)d.", line=3)
    assert (str(error), error.remark) == ("Line 3.", remark("Line %(line)d.", line=3))
    assert str(BadFile(error.remark)) == "Line 3."
