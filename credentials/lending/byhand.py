"""Where its owner revokes or deletes what was lent, at the provider. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from credentials.kinds import Kind

LINKS: Mapping[Kind, str] = {
    Kind.GEMINI_API: "https://aistudio.google.com/apikey",
    Kind.CODE_ASSIST: "https://myaccount.google.com/connections",
    Kind.VERTEX: "https://console.cloud.google.com/iam-admin/serviceaccounts",
    Kind.ANTHROPIC: "https://console.anthropic.com/settings/keys",
    Kind.OPENAI: "https://platform.openai.com/api-keys",
}


def link(kind: Kind) -> str:
    """The page of the provider, "" where we do not know it."""
    return LINKS.get(kind, "")
