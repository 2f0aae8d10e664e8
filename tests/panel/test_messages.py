"""Nothing of the pages is untranslated, and what ships is what the catalogues say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import messages
from tests.support.messages import Sentence, catalogues, compiled, said, wanted

PLACES = re.compile(r"%\(\w+\)[sd]|<[^>]+>")
CATALOGUES = catalogues()


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_sentence_is_translated(catalogue: Path) -> None:
    held = said(catalogue)
    missing = [each.one for each in wanted() if each not in held or not held[each].translated()]
    assert missing == [], "make messages, then fill them in"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_keeps_nothing_that_is_gone(catalogue: Path) -> None:
    assert said(catalogue).keys() - wanted() == set()


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_what_ships_is_what_the_catalogue_says(catalogue: Path) -> None:
    assert catalogue.with_suffix(".mo").read_bytes() == compiled(catalogue), "make messages"


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_has_the_places_of_its_sentence(catalogue: Path) -> None:
    for sentence, entry in said(catalogue).items():
        texts = [entry.msgstr] if entry.msgstr else list(entry.msgstr_plural.values())
        for text in texts:
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(sentence.one)), text


def test_chinese_is_written_with_chinese_marks() -> None:
    (catalogue,) = [each for each in CATALOGUES if "zh_Hans" in each.parts]
    for entry in said(catalogue).values():
        assert not re.search(r"[\u4e00-\u9fff][,;?!]", entry.msgstr), entry.msgstr


def test_it_finds_what_code_and_templates_say() -> None:
    code = 'a = _("one")\nb = ngettext("%(n)d x", "%(n)d xs", n)\nc = other("no")'
    assert set(messages._code(code)) == {Sentence("one"), Sentence("%(n)d x", "%(n)d xs")}
    page = (
        '{% load i18n %}{% translate "two" %}'
        "{% blocktranslate count n=n %}{{ n }} y{% plural %}{{ n }} ys{% endblocktranslate %}"
    )
    assert set(messages._template(page)) == {Sentence("two"), Sentence("%(n)s y", "%(n)s ys")}
