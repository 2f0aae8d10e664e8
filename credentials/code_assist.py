"""What Code Assist is asked about an account, and what its answers mean. Pure.

Shapes as the official client (gemini-cli, Apache-2.0) sends and reads them. Its name is not
used: `pluginType` has no value for other clients, the User-Agent is the gateway's own.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from credentials import gemini_errors

T = TypeVar("T")

FREE = "free-tier"

_PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]{0,99}")
_OPERATION = re.compile(r"[\w-]+(?:/[\w-]+)+")
_METADATA = {
    "ideType": "IDE_UNSPECIFIED",
    "platform": "PLATFORM_UNSPECIFIED",
    "pluginType": "GEMINI",
}
_REASONS = {
    "DASHER_USER": "accounts of its organisation may not use it",
    "INELIGIBLE_ACCOUNT": "this account may not use it",
    "NON_USER_ACCOUNT": "it is no person's account",
    "RESTRICTED_AGE": "it says that its owner is too young",
    "RESTRICTED_NETWORK": "it may not be used from this network",
    "UNKNOWN_LOCATION": "Google does not know where it is used from",
    "UNSUPPORTED_LOCATION": "it may not be used from this country",
}


class Blocked(Exception):
    """The account cannot be used as it is. The text says what a person can do."""


class _Tier(msgspec.Struct, rename="camel"):
    id: str = ""
    is_default: bool = False


class _Ineligible(msgspec.Struct, rename="camel"):
    reason_code: str = ""
    validation_url: str = ""


class Loaded(msgspec.Struct, rename="camel"):
    """Answer of `loadCodeAssist`, as far as it matters here."""

    current_tier: _Tier | None = None
    allowed_tiers: list[_Tier] | None = None
    ineligible_tiers: list[_Ineligible] | None = None
    cloudaicompanion_project: str | None = None

    @property
    def offer(self) -> str:
        """The tier that a newcomer is to take, "" if none is offered."""
        return next((tier.id for tier in self.allowed_tiers or () if tier.is_default), "")


class _Project(msgspec.Struct):
    id: str = ""


class _Response(msgspec.Struct, rename="camel"):
    cloudaicompanion_project: _Project | None = None


class Operation(msgspec.Struct):
    """Answer of `onboardUser`: a google.longrunning.Operation."""

    name: str = ""
    done: bool = False
    response: _Response | None = None
    error: dict[str, Any] | None = None

    @property
    def path(self) -> str:
        """Where to ask for it again. Raises ValueError for a name that leads elsewhere."""
        if not _OPERATION.fullmatch(self.name):
            raise ValueError("named an operation that cannot be asked for")
        return self.name

    @property
    def project(self) -> str:
        found = self.response.cloudaicompanion_project if self.response else None
        return found.id if found else ""


def typed(project: str) -> str:
    """A project that a person named, "" for its number: Code Assist refuses numbers."""
    return "" if project.isdigit() or not _PROJECT.fullmatch(project) else project


def load(project: str) -> dict[str, Any]:
    return _of(project) | {"metadata": _metadata(project)}


def onboard(tier: str, project: str) -> dict[str, Any]:
    """The free tier brings a project of its own, and fails when one is named."""
    project = "" if tier == FREE else project
    return {"tierId": tier} | _of(project) | {"metadata": _metadata(project)}


def loaded(status: int, body: bytes) -> Loaded | None:
    """None for an answer that is an error. Raises ValueError when it cannot be read."""
    if status == 200:
        return _decoded(body, Loaded)
    if 400 <= status < 500 and _reason(body) == "SECURITY_POLICY_VIOLATED":
        # VPC Service Controls hide the account; whoever has those is a paying organisation.
        return Loaded(current_tier=_Tier(id="standard-tier"))
    return None


def operation(body: bytes) -> Operation:
    """Raises ValueError when it cannot be read."""
    return _decoded(body, Operation)


def denied(body: bytes) -> str:
    """Why a 401 or 403 came, as a code of Google's, or a sentence with the link to follow."""
    if _reason(body) != "VALIDATION_REQUIRED":
        return _reason(body) or "PERMISSION_DENIED"
    metadata = gemini_errors.parse(_json(body)).metadata
    return _verify(str(metadata.get("validation_link", "")))


def blocked(answer: Loaded, wanted: str) -> Blocked:
    """Why there is no project. `wanted` is what the person typed, if anything."""
    reasons = answer.ineligible_tiers or []
    for each in reasons:
        if each.reason_code == "VALIDATION_REQUIRED":
            return Blocked(_verify(each.validation_url))
    for each in reasons:
        why = _REASONS.get(each.reason_code, "Google does not say why")
        return Blocked(f"The account cannot use Code Assist: {why}.")
    if wanted:
        return Blocked("The account's project must be named by its id, not by its number.")
    return Blocked("The account needs a Google Cloud project: type the id of one.")


def _verify(url: str) -> str:
    host = urlsplit(url).hostname or ""
    known = url.startswith("https://") and (host == "google.com" or host.endswith(".google.com"))
    where = f" at {url[:1000]}" if known else ""
    return f"Google wants the account's owner to verify it{where}."


def _of(project: str) -> dict[str, Any]:
    return {"cloudaicompanionProject": project} if project else {}


def _metadata(project: str) -> dict[str, str]:
    return _METADATA | ({"duetProject": project} if project else {})


def _reason(body: bytes) -> str:
    return gemini_errors.parse(_json(body)).reason


def _decoded(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError:
        raise ValueError("gave an answer that cannot be read") from None


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return None
