"""Where each dialect's clients are pointed at."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Base:
    """`path` is what follows the gateway's address; `text` is the whole of it, or says so."""

    slug: str
    name: str
    path: str
    text: str


def bases(site: str) -> list[Base]:
    """`site` is the gateway's address without a slash at its end, "" if only visitors know it."""
    known = site or _("this site's address")
    return [
        Base("openai", _("OpenAI clients"), "/v1", f"{known}/v1"),
        Base("anthropic", _("Anthropic clients"), "", known),
        Base("gemini", _("Gemini clients"), "", known),
    ]
