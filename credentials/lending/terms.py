"""The terms of lending: which text holds for which kind, and that it was this one. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec

from credentials.kinds import Kind
from credentials.lending.rules import Refused, Why
from credentials.lending.wording import TEXTS, USE, Language, Risk

RISKS: Mapping[Kind, Risk] = {
    Kind.GEMINI_API: Risk.KEY,
    Kind.ANTHROPIC: Risk.KEY,
    Kind.OPENAI: Risk.KEY,
    Kind.OPENAI_COMPATIBLE: Risk.KEY,
    Kind.VERTEX: Risk.ROBOT,
    Kind.CODE_ASSIST: Risk.ACCOUNT,
    Kind.PROVIDER_OAUTH: Risk.ACCOUNT,
}
_VERSION = 12


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """What is read before any button, in this order: paragraphs of what it is used for, of what it
    may cost, of how to take it back, and of what the operator adds. `label` names the risk."""

    language: Language
    label: str
    use: tuple[str, ...]
    cost: tuple[str, ...]
    back: tuple[str, ...]
    extra: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class Terms(msgspec.Struct, frozen=True):
    """Of one kind of credential. `version` changes with any word in any language."""

    kind: Kind
    risk: Risk
    texts: Mapping[Language, Text]

    @property
    def version(self) -> str:
        every = "".join(text.digest for text in self.texts.values())
        return hashlib.sha256(every.encode()).hexdigest()[:_VERSION]


class Consent(msgspec.Struct, frozen=True):
    """That somebody agreed, at `at`, to the text of this version in this language."""

    version: str
    language: Language
    at: datetime


def current(kind: Kind, extra: str = "") -> Terms:
    """`extra` is the operator's paragraph, the same in every language."""
    risk = RISKS[kind]
    texts = {language: _text(risk, language, extra.strip()) for language in Language}
    return Terms(kind, risk, texts)


def agreed(consent: Consent, kind: Kind, extra: str = "") -> Text:
    """The text that was agreed to. Raises Refused when it is not what holds now."""
    found = current(kind, extra)
    if consent.version != found.version:
        raise Refused(Why.TERMS)
    return found.texts[consent.language]


def _text(risk: Risk, language: Language, extra: str) -> Text:
    words = TEXTS[risk][language]
    return Text(
        language=language,
        label=words.label,
        use=USE[language],
        cost=words.cost,
        back=words.back,
        extra=tuple(filter(None, map(str.strip, extra.splitlines()))),
    )
