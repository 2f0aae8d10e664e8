"""What may be lent here, and how: as a key, as a file, by a log-in, by a code on any device."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings

from credentials.issuers import GOOGLE_NAME, Issuers
from credentials.kinds import Kind
from credentials.lending.terms import RISKS
from credentials.lending.wording import Risk
from credentials.oauth import desk
from credentials.services import HOMES


class Method(enum.StrEnum):
    KEY = "key"
    FILE = "file"
    """A service account's JSON."""
    PAGE = "page"
    """A consent page that sends the browser back."""
    DEVICE = "device"
    """A code that is typed in at the provider."""


@dataclass(frozen=True, slots=True)
class Way:
    """`service` is what people and flows call it, `provider` what credentials do; `title` is for
    people. Names are no sentences: they are the same in every language."""

    method: Method
    service: str
    kind: Kind
    provider: str
    title: str

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return f"{self.method}:{self.service}"

    @property
    def risk(self) -> Risk:
        return RISKS[self.kind]

    @property
    def flows(self) -> bool:
        """Whether the lender goes to the provider first."""
        return self.method in (Method.PAGE, Method.DEVICE)


_KEYS = (
    Way(Method.KEY, "gemini", Kind.GEMINI_API, "gemini", "Gemini (Google AI Studio)"),
    Way(Method.KEY, "anthropic", Kind.ANTHROPIC, "anthropic", "Anthropic"),
    Way(Method.KEY, "openai", Kind.OPENAI, "openai", "OpenAI"),
)
_VERTEX = Way(Method.FILE, "vertex", Kind.VERTEX, HOMES[Kind.VERTEX], "Google Vertex AI")
_CONFIGURED: Mapping[str, Kind] = {
    "openai": Kind.OPENAI_COMPATIBLE,
    "openai-responses": Kind.OPENAI_COMPATIBLE,
    "openai-completions": Kind.OPENAI_COMPATIBLE,
    "anthropic": Kind.ANTHROPIC,
}
"""What the keys of a configured provider are, by what it speaks."""


def every(issuers: Issuers) -> Iterator[Way]:
    """All that this gateway could use, keys first."""
    yield from _KEYS
    for each in settings.POTLUCK.providers:
        kind = _CONFIGURED.get(each.kind)
        # A provider of accounts takes keys only where the operator has shown that it does.
        if kind is not None and (each.api_keys or each.oauth is None):
            yield Way(Method.KEY, each.name, kind, each.name, each.name)
    yield _VERTEX
    yield from accounts(issuers)


def accounts(issuers: Issuers) -> Iterator[Way]:
    """The log-ins, for which the operator has a client."""
    for offer in desk.offers(issuers):
        google = offer.provider == GOOGLE_NAME
        kind = Kind.CODE_ASSIST if google else Kind.PROVIDER_OAUTH
        provider = HOMES[kind] if google else offer.provider
        title = "Google" if google else offer.provider
        for method, there in ((Method.PAGE, offer.page), (Method.DEVICE, offer.device)):
            if there:
                yield Way(method, offer.provider, kind, provider, title)
