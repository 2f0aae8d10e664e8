"""What the administrator does to credentials, from a page or through the API.

Every change is noted in the audit trail. An id that is not there is
reported, and stops nothing.
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credentials import editing, sealing, services
from credentials.caps import Calendar
from credentials.issuers import Issuers
from credentials.kinds import Source
from credentials.models import Credential
from credentials.probing import Result
from credentials.upkeep import Trouble
from credentials.vault import Vault
from panel import audit, bridge

log = logging.getLogger("potluck.panel")
T = TypeVar("T")

ASKED = 50
"""How many credentials are asked in one request; each takes up to half a minute."""
_AT_ONCE = 8
_EACH = 40.0
"""Seconds: longer than a renewal and a test can take."""
_GONE = _("There is no such credential.")
_SHUT = _("Its secret cannot be opened with the present keys.")
_BROKEN = _("The gateway made a mistake; its log says which.")


class Action(enum.StrEnum):
    """TEST and REFRESH ask the credential's service, the others only the database."""

    ENABLE = "enable"
    DISABLE = "disable"
    DELETE = "delete"
    PARDON = "pardon"
    REFRESH = "refresh"
    TEST = "test"


ASKING = frozenset({Action.REFRESH, Action.TEST})
"""Those that need the running gateway, and take their time."""
_VERBS: Mapping[Action, Callable[[Iterable[int]], int]] = {
    Action.ENABLE: services.enable,
    Action.DISABLE: services.disable,
    Action.DELETE: services.remove,
    Action.PARDON: services.pardon,
}


class Done(msgspec.Struct, frozen=True):
    """What came of it for one credential. `message` is a sentence in the reader's language, or
    the e-mail address that was found; `result` is that of a test. `gone`: there is none."""

    id: int
    ok: bool
    message: str = ""
    result: Result | None = None
    gone: bool = False


def vault() -> Vault:
    return Vault(settings.POTLUCK_VAULT_KEYS)


def issuers() -> Issuers:
    found: Issuers = getattr(settings, "POTLUCK_ISSUERS", None) or Issuers()
    return found


def calendar() -> Calendar:
    """That of the running gateway; without one, what the environment and the file say."""
    try:
        return bridge.current().calendar
    except bridge.NotRunning:
        config = settings.POTLUCK
        return Calendar(config.quota_reset_time, ZoneInfo(config.quota_reset_zone))


def act(request: HttpRequest, action: Action, ids: Collection[int]) -> list[Done]:
    """One result for each, in their order. Raises bridge.NotRunning and TimeoutError."""
    if action in ASKING:
        return _ask(request, action, ids)
    with transaction.atomic():
        known = {row.pk: row for row in _rows(ids)}
        _VERBS[action](list(known))
        for row in known.values():
            _note(request, action, row)
    return [Done(id, ok=True) if id in known else _missing(id) for id in dict.fromkeys(ids)]


def limit(request: HttpRequest, ids: Collection[int] | None, caps: Mapping[str, int]) -> list[Done]:
    """Sets the named caps (`minute_cap`, `day_cap`, `pro_cap`), 0: none. `ids` None: of all."""
    return _set(request, "credential.limit", ids, caps)


def reset(request: HttpRequest, ids: Collection[int] | None) -> list[Done]:
    """Today's counts begin anew."""
    return _set(request, "credential.reset", ids, {"calls": 0, "served": 0, "pro_calls": 0})


def _set(
    request: HttpRequest, verb: str, ids: Collection[int] | None, values: Mapping[str, int]
) -> list[Done]:
    """One note for all of them, else one for each."""
    rows = Credential.objects.filter(deleted_at=None).order_by("pk")
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    with transaction.atomic():
        known = {row["pk"]: row for row in rows.values("pk", *values)}
        services.update(list(known), **values)
        if ids is None:
            audit.note(request, verb, "all credentials", after={**values, "count": len(known)})
            return [Done(id, ok=True) for id in known]
        for id, row in known.items():
            before = {name: row[name] for name in values}
            audit.note(request, verb, _named(id), before=before, after=values)
    return [Done(id, ok=True) if id in known else _missing(id) for id in dict.fromkeys(ids)]


def edit(request: HttpRequest, id: int, wanted: Any) -> None:
    """`wanted` as editing.Edit. Raises what `editing.edit` does."""
    with transaction.atomic():
        changed = editing.edit(vault(), id, encrypts, **wanted)
        if changed["after"]:
            audit.note(request, "credential.edit", _named(id), **changed)


def encrypts(provider: str) -> bool:
    """Whether calls to it are made with TLS, as far as it is known here."""
    config = settings.POTLUCK
    known = {each.name: each.base_url for each in config.providers}
    hosts = {name: getattr(config, setting) for name, setting in _HOSTS.items()} | known
    return str(hosts.get(provider, "")).lower().startswith("https://")


_HOSTS = {
    "gemini": "gemini_base_url",
    "openai": "openai_base_url",
    "anthropic": "anthropic_base_url",
    "vertex": "vertex_base_url",
    "code-assist": "code_assist_endpoint",
}


def emails(request: HttpRequest, ids: Collection[int]) -> list[Done]:
    """Finds out whose accounts they are; `message` is the address, or why there is none. Raises
    bridge.NotRunning and TimeoutError."""
    done = _asked(ids, _email)
    lent = set(
        Credential.objects.filter(pk__in=ids, source=Source.CONTRIBUTED.value).values_list(
            "pk", flat=True
        )
    )
    for each in done:
        if each.ok:
            # A note cannot be taken back; what it says of a lender would stay.
            after = {"email": sealing.HIDDEN if each.id in lent else each.message}
            audit.note(request, "credential.identify", _named(each.id), after=after)
    return done


def _ask(request: HttpRequest, action: Action, ids: Collection[int]) -> list[Done]:
    done = _asked(ids, _test if action is Action.TEST else _refresh)
    for each in done:
        if not each.gone:
            audit.note(request, f"credential.{action}", _named(each.id), after={"ok": each.ok})
    return done


def _rows(ids: Collection[int]) -> list[Credential]:
    rows = Credential.objects.filter(pk__in=ids, deleted_at=None).order_by("pk")
    return list(rows.only("enabled", "banned", "provider", "kind", "label", "reason"))


def _note(request: HttpRequest, action: Action, row: Credential) -> None:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    match action:
        case Action.ENABLE | Action.DISABLE:
            before, after = {"enabled": row.enabled}, {"enabled": action is Action.ENABLE}
        case Action.PARDON:
            before, after = {"banned": row.banned, "reason": row.reason}, {"banned": False}
        case Action.DELETE:
            before = {"provider": row.provider, "kind": row.kind, "label": row.label}
    audit.note(request, f"credential.{action}", _named(row.pk), before=before, after=after)


def _named(id: int) -> str:
    return f"credential {id}"


async def _test(gateway: bridge.Gateway, id: int) -> Done:
    result = await gateway.probes.test(id)
    return Done(id, result.ok, result.said, result)


async def _refresh(gateway: bridge.Gateway, id: int) -> Done:
    await gateway.upkeep.renew(id)
    return Done(id, ok=True)


async def _email(gateway: bridge.Gateway, id: int) -> Done:
    return Done(id, ok=True, message=await gateway.upkeep.identify(id))


Ask = Callable[[bridge.Gateway, int], Coroutine[Any, Any, Done]]


def _asked(ids: Collection[int], ask: Ask) -> list[Done]:
    known = [row.pk for row in _rows(ids)]
    gateway = bridge.current()
    seconds = _EACH * max(1, -(-len(known) // _AT_ONCE))
    answers = gateway.wait(_all(gateway, known, ask), seconds)
    # Errors become words here: the event loop has nobody's language.
    found = dict(zip(known, map(_worded, known, answers), strict=True))
    return [found.get(id) or _missing(id) for id in dict.fromkeys(ids)]


async def _all(
    gateway: bridge.Gateway, ids: Collection[int], ask: Ask
) -> list[Done | BaseException]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(id: int) -> Done:
        async with gate:
            return await ask(gateway, id)

    return await asyncio.gather(*map(one, ids), return_exceptions=True)


def _worded(id: int, answer: Done | BaseException) -> Done:
    match answer:
        case Done():
            return answer
        case Trouble():
            text = str(answer)
        case LookupError():
            text = str(_SHUT)
        case _:
            log.error("credential %s could not be asked", id, exc_info=answer)
            text = str(_BROKEN)
    return Done(id, ok=False, message=text)


def _missing(id: int) -> Done:
    return Done(id, ok=False, message=str(_GONE), gone=True)
