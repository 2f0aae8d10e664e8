"""What a person may change of a credential: everything but its secret and what was observed.

What was contributed goes to its provider alone: whoever chose another address, or stood in the way
of one without TLS, would be shown the secret that nobody is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext

from credentials import egress, sealing, services, usage
from credentials.importers import values
from credentials.kinds import Source
from credentials.models import Credential, Revision
from credentials.vault import Vault, VaultError

HEAVIEST = 1_000
"""The largest weight."""
_LABEL = 200


class Edit(TypedDict, total=False):
    """`proxy` is a URL, "direct", or "" for the one for all; `base_url` "" is the provider's own.
    Caps as in `caps.Caps`; numbers may be texts, as forms send them."""

    label: str
    weight: int | str
    minute_cap: int | str
    day_cap: int | str
    pro_cap: int | str
    proxy: str
    base_url: str


class Invalid(ValueError):
    """Values that cannot be. `errors` maps the name of a field to a sentence about it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


class Lent(Exception):
    """It was contributed. Its text is a sentence for people, `field` what cannot be set."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class Changed(TypedDict):
    """What was and what is, of the fields that changed; a proxy without user and password, and
    nothing that a lender could be known by: this is noted for good."""

    before: dict[str, Any]
    after: dict[str, Any]


Encrypts = Callable[[str], bool]
"""Whether the provider of this name is called with TLS, so that a proxy sees nothing."""


def edit(vault: Vault, id: int, encrypts: Encrypts, **wanted: Unpack[Edit]) -> Changed:
    """Changes the given fields, in every process within a second.

    Raises Credential.DoesNotExist, Invalid, which names every wrong field, and Lent.
    """
    with transaction.atomic():
        Revision.lock()
        row = Credential.objects.get(pk=id, deleted_at=None)
        found = _read(row, wanted)
        if row.source == Source.CONTRIBUTED:
            _kept(row, found, encrypts)
        before, after = _shown(vault, row), dict(found)
        if "proxy" in found:
            after["proxy"] = egress.shown(found["proxy"])
            url = found.pop("proxy")
            found["sealed_proxy"] = vault.seal(url).decode() if url else ""
        if found:
            services.update([id], **found)
    # A proxy that only got another password looks the same, and is told nevertheless.
    told = [name for name in after if after[name] != before[name] or name == "proxy"]
    if row.source == Source.CONTRIBUTED and "label" in told:
        before["label"] = after["label"] = sealing.HIDDEN
    return Changed(
        before={name: before[name] for name in told}, after={name: after[name] for name in told}
    )


def _read(row: Credential, wanted: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in wanted.items():
        try:
            found[name] = _READERS.get(name, _unknown)(value)
        except ValueError as error:
            errors[name] = str(error)
    if found.get("base_url") and row.kind in sealing.ACCOUNTS:
        errors["base_url"] = gettext("The token of an account is for its provider's own address.")
    if errors:
        raise Invalid(errors)
    return found


def _kept(row: Credential, found: Mapping[str, Any], encrypts: Encrypts) -> None:
    """Raises Lent. What is taken away does no harm."""
    if found.get("base_url"):
        text = gettext("It was contributed: its secret goes to its provider's own address alone.")
        raise Lent("base_url", text)
    if found.get("proxy") not in (None, "", egress.DIRECT) and not encrypts(row.provider):
        text = gettext(
            "It was contributed, and its provider is called without TLS: a proxy would be shown "
            "its secret."
        )
        raise Lent("proxy", text)


def _shown(vault: Vault, row: Credential) -> dict[str, Any]:
    names = ("label", "weight", "minute_cap", "day_cap", "pro_cap", "base_url")
    try:
        proxy = usage.proxy(vault, row)
    except VaultError:
        proxy = "?"
    return {name: getattr(row, name) for name in names} | {"proxy": proxy}


def _label(value: object) -> str:
    text = value if isinstance(value, str) else "x" * (_LABEL + 1)
    seen = (each for each in text[: 4 * _LABEL] if unicodedata.category(each) not in _UNSEEN)
    text = " ".join("".join(seen).split())
    if len(text) > _LABEL:
        raise ValueError(gettext("Write at most %(most)d characters.") % {"most": _LABEL})
    return text


_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        text = str(value).strip() if isinstance(value, int | str) else ""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
        if isinstance(value, bool) or not least <= number <= most:
            text = gettext("Write a whole number from %(least)d to %(most)d.")
            raise ValueError(text % {"least": least, "most": most})
        return number

    return read


def _url(value: object) -> str:
    try:
        return values.url(value)
    except ValueError:
        text = gettext("Write an http:// or https:// address without user and query.")
        raise ValueError(text) from None


def _proxy(value: str) -> str:
    try:
        return egress.checked(value)
    except ValueError:
        text = gettext(
            "Write http://, https:// or socks5:// with a host and a port, or `direct`; user and "
            "password may stand before the host."
        )
        raise ValueError(text) from None


def _unknown(value: object) -> object:
    raise ValueError(gettext("There is nothing of this name to set here."))


_cap = _whole(0, usage.MOST)
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "label": _label,
    "weight": _whole(1, HEAVIEST),
    "minute_cap": _cap,
    "day_cap": _cap,
    "pro_cap": _cap,
    "proxy": _proxy,
    "base_url": _url,
}
