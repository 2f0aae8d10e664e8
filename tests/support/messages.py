"""The catalogues of translations without gettext: what is to be said, and what a catalogue says.

`python -m tests.support.messages` (`make messages`) adds new sentences to every .po, takes out
those that are gone, and compiles the .mo beside it, which is what Django reads and what ships.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from tests.support.source import ROOT

LOCALE = ROOT / "locale"

_ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "Remark", "remark", "BadFile"}
_TWO = {"ngettext", "ngettext_lazy"}
_LINE = re.compile(
    r"""\b(?P<verb>gettext|ngettext|pgettext|_)\(\s*u?(?P<one>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""(?:\s*,\s*u?(?P<two>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))?"""
)


class Sentence(NamedTuple):
    """What is said in English, and of many things where that differs."""

    one: str
    many: str = ""


def wanted() -> set[Sentence]:
    """Every sentence of the code that speaks to people, and of the templates."""
    found: set[Sentence] = set()
    for package in ("panel", "credentials", "gateway"):
        for path in sorted((ROOT / package).rglob("*.py")):
            found.update(_code(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found.update(_template(path.read_text(encoding="utf-8")))
    return found


def _code(text: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        size = 1 if node.func.id in _ONE else 2 if node.func.id in _TWO else 0
        words = [each.value for each in node.args[:size] if isinstance(each, ast.Constant)]
        if size and len(words) == size:
            yield Sentence(*map(str, words))


def _template(text: str) -> Iterator[Sentence]:
    if not settings.configured:
        settings.configure()
    for found in _LINE.finditer(templatize(text)):
        two = found["two"] if found["verb"] == "ngettext" else None
        yield Sentence(ast.literal_eval(found["one"]), ast.literal_eval(two) if two else "")


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def said(catalogue: Path) -> dict[Sentence, polib.POEntry]:
    entries = polib.pofile(str(catalogue))
    return {Sentence(entry.msgid, entry.msgid_plural): entry for entry in entries}


def compiled(catalogue: Path) -> bytes:
    """What the .mo beside it has to hold."""
    content: bytes = polib.pofile(str(catalogue)).to_binary()
    return content


def main() -> None:
    sentences = wanted()
    for catalogue in catalogues():
        held = said(catalogue)
        fresh = polib.pofile(str(catalogue))
        fresh.clear()
        for sentence in sorted(sentences):
            fresh.append(held.get(sentence) or _empty(sentence))
        fresh.save(str(catalogue))
        catalogue.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = [entry.msgid for entry in fresh if not entry.translated()]
        print(f"{catalogue.relative_to(ROOT)}: {len(fresh)} sentences, {len(missing)} to translate")


def _empty(sentence: Sentence) -> polib.POEntry:
    if sentence.many:
        plural = {0: ""}
        return polib.POEntry(msgid=sentence.one, msgid_plural=sentence.many, msgstr_plural=plural)
    return polib.POEntry(msgid=sentence.one)


if __name__ == "__main__":
    main()
