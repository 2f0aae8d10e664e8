"""What lenders agree to, and that it can be told later what that was."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from credentials.kinds import Kind
from credentials.lending import byhand, terms
from credentials.lending.rules import Refused, Why
from credentials.lending.terms import Consent
from credentials.lending.wording import TEXTS, USE, Language, Risk
from tests.credentials.fakes import NOW


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_terms_in_every_language(kind: Kind) -> None:
    found = terms.current(kind)
    assert found.texts.keys() == set(Language)
    for text in found.texts.values():
        assert text.label
        assert all(map(len, (text.use, text.cost, text.back)))
        assert text.extra == ()


@pytest.mark.parametrize("risk", Risk)
def test_both_languages_say_as_much(risk: Risk) -> None:
    chinese, english = (TEXTS[risk][language] for language in (Language.ZH, Language.EN))
    assert len(chinese.cost) == len(english.cost)
    assert len(chinese.back) == len(english.back)
    assert len(USE[Language.ZH]) == len(USE[Language.EN])


def test_chinese_is_written_as_chinese() -> None:
    words = [TEXTS[risk][Language.ZH] for risk in Risk]
    every = [*USE[Language.ZH], *chain.from_iterable((*each.cost, *each.back) for each in words)]
    assert all(re.search(r"[\u4e00-\u9fff].*[。！？]$", each) for each in every)
    assert not any(re.search(r"[\u4e00-\u9fff][,;?!]", each) for each in every)


def test_a_persons_account_is_said_to_be_at_risk() -> None:
    for kind in (Kind.CODE_ASSIST, Kind.PROVIDER_OAUTH):
        found = terms.current(kind)
        assert found.risk is Risk.ACCOUNT
        assert "banned" in found.texts[Language.EN].label
        assert "封" in found.texts[Language.ZH].label
    assert "terms" in terms.current(Kind.OPENAI).texts[Language.EN].label


def test_a_version_changes_with_the_words() -> None:
    plain, more = terms.current(Kind.OPENAI), terms.current(Kind.OPENAI, " Be kind. ")
    assert plain.version == terms.current(Kind.OPENAI).version != more.version
    assert more.texts[Language.ZH].extra == ("Be kind.",)
    assert plain.version != terms.current(Kind.CODE_ASSIST).version


def test_what_was_read_is_told_by_language() -> None:
    found = terms.current(Kind.OPENAI)
    read = terms.agreed(Consent(found.version, Language.EN, NOW), Kind.OPENAI)
    assert read == found.texts[Language.EN]
    assert read.digest != found.texts[Language.ZH].digest


def test_nobody_agrees_to_an_older_version() -> None:
    old = Consent(terms.current(Kind.OPENAI).version, Language.EN, NOW)
    with pytest.raises(Refused) as caught:
        terms.agreed(old, Kind.OPENAI, "Something new.")
    assert caught.value.why is Why.TERMS


def test_a_link_leads_to_the_provider_itself() -> None:
    assert all(link.startswith("https://") for link in byhand.LINKS.values())
    assert byhand.link(Kind.CODE_ASSIST).startswith("https://myaccount.google.com/")
    assert byhand.link(Kind.PROVIDER_OAUTH) == ""
