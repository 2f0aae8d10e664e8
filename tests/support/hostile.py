"""Texts that attack whoever shows them, and a database that has them in every field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from credentials import store
from credentials.health import Health, Rest
from credentials.lending import tickets
from credentials.vault import Vault
from gateway import kinds
from gateway.config import SETTINGS
from gateway.models import StoredSetting
from keys import hours
from keys.secret import digest
from panel.models import AuditHead

SEED = "xss0"
"""What an element or an attribute would be called, and a script would call."""

TEXTS = {
    # Breaks out of an attribute in either quote, a title, a text area, a script, a style.
    "everything": "'\"></title></textarea></style></script><xss0 xss0>",
    "an address": "javascript:xss0()",
    "bidi": "\u202exss0\u2066 gpj.exe",
    "a script": "<script>xss0()</script>",
    "double quotes": '" xss0="1" onfocus="xss0()" autofocus x="',
    "single quotes": "' xss0='1' onfocus='xss0()' autofocus x='",
    "no quotes": "x onmouseover=xss0() xss0=1",
    "a picture": "<svg xss0 onload=xss0()><img src=x onerror=xss0()>",
    "a comment": "<!-- xss0 --><![CDATA[<xss0>]]><?xss0 ?>",
    "a template": "xss0{{7*7}}{% now 'Y' %}${7*7}#{7*7}<%= 7*7 %>",
    "a style": "xss0}*{background:url(//evil.example/xss0)}",
    "controls": "xss0\x07\x1b[31m\x7f\x85\u2028\ufeff\ufffe",
    "a long word": "xss0" + "W" * 196,
    "a formula": "=cmd|'/C xss0'!A0",
    "another address": "//evil.example/xss0",
}
ROWS = dict(enumerate(TEXTS.values(), 1))
"""The rows of every table by their id: all texts of a row are the same one."""
TOKEN = "t" * 43
"""Of the first receipt and the first link."""

PACKAGES = ("gateway", "keys", "credentials", "panel")
_OURS = {
    "ApiKey": {"time_zone", "allowed_networks"},
    "Reservation": {"request_id", "owner"},
    "EndedSession": {"jti"},
    "PanelPassword": {"hash"},
    "AuditHead": {"hash", "seal"},
    "Progress": {"name"},
    "Revision": {"name"},
    "RequestRecord": {"request_id"},
    "StoredSetting": {"name"},
}
"""Texts that nobody but the gateway chooses, and that it trusts."""
_SINGLE = frozenset({"PanelPassword", "SecondFactor", "AuditHead", "Progress", "StoredSetting"})
_SINGLE_APPS = frozenset({"credentials.Revision", "keys.Revision"})


def fill(now: datetime) -> None:
    """Every table of ours; a new one, or a new field, as soon as it is there."""
    for label in PACKAGES:
        for model in apps.get_app_config(label).get_models():
            if model.__name__ in _SINGLE or model._meta.label in _SINGLE_APPS:
                continue
            model._default_manager.bulk_create(
                [_row(model, number, text, now) for number, text in ROWS.items()]
            )
    AuditHead.objects.create(id=AuditHead.ONLY, count=len(ROWS))
    StoredSetting.objects.bulk_create(_settings())


def _settings() -> Iterator[StoredSetting]:
    """Of those that may be anything, and of the lists of words and of pairs of them."""
    word = TEXTS["everything"].replace(" ", "/").replace(",", "")
    for setting in SETTINGS:
        if not setting.storable or setting.is_secret:
            continue
        match setting.kind:
            case kinds.Text():
                yield StoredSetting(name=setting.name, value=TEXTS["everything"])
            case kinds.Many(kinds.Pair()):
                yield StoredSetting(name=setting.name, value=f"{word}={word}")
            case kinds.Many(kinds.Token()):
                yield StoredSetting(name=setting.name, value=word)


def _row(model: type[models.Model], number: int, text: str, now: datetime) -> models.Model:
    ours = _OURS.get(model.__name__, ())
    values = {
        field.attname: _own(field, number)
        if field.name in ours
        else _value(field, number, text, now)
        for field in model._meta.concrete_fields
    }
    return model(**{**values, **_special(model.__name__, number, text, now)})


def _own(field: Any, number: int) -> Any:
    return field.get_default() if field.has_default() else f"ours-{number}"


def _value(field: Any, number: int, text: str, now: datetime) -> Any:
    if field.is_relation or (field.primary_key and not isinstance(field, models.CharField)):
        return number
    if field.choices:
        return field.choices[number % len(field.choices)][0]
    if field.unique and isinstance(field, models.CharField):
        long = (field.max_length or 0) > 64
        return f"{number} {text}"[: field.max_length] if long else f"{number:0{field.max_length}}"
    match field:
        case models.CharField() | models.TextField():
            return text[: field.max_length]
        case models.DateTimeField():
            return None if field.null else now
        case models.DateField():
            return now.date()
        case models.JSONField():
            return {"email": text, "project": text, "location": text}
        case models.BooleanField() if not field.has_default():
            return number % 2 == 0
        case models.BinaryField():
            return hashlib.sha256(f"{field} {number}".encode()).digest()
        case _:
            return field.get_default() if field.has_default() else None if field.null else number


def _special(name: str, number: int, text: str, now: datetime) -> dict[str, Any]:
    """What is read by code that trusts its form."""
    pepper = settings.POTLUCK_PEPPER
    match name:
        case "ApiKey":
            return {
                "total_quota": None,
                "flagged_at": now,
                "masked": f"sk-{number}",
                "expires_at": None,
            }
        case "HandOut":
            return {"digest": digest(f"hand-out {TOKEN}", pepper)} if number == 1 else {}
        case "Contribution":
            first = {"digest": tickets.of_token(TOKEN, pepper)} if number == 1 else {}
            return {"terms_digest": "0" * 64, "language": "en", "risk": "key", **first}
        case "Credential":
            return _credential(number, text, now)
        case "RequestRecord":
            attempts = [[number, text, "Refused", text, 0.5], [number, text, "Succeeded", "", 1.0]]
            return {"request_id": f"request-{number}", "attempts": json.dumps(attempts)}
        case "UsageHour" | "UsageDate":
            return {
                "hour": hours.number(now) if name == "UsageHour" else hours.midnight(now),
                "code": text[:64] if number % 2 else "",
                "calls": 99,
                "first_1": 99,
            }
        case "TopKey":
            return {"days": 1, "place": number}
        case "AuditEntry":
            return {"before": json.dumps({text: text}), "after": json.dumps({text: [text]})}
        case "LedgerEntry":
            return {"balance": number, "day": None}
        case _:
            return {}


def _credential(number: int, text: str, now: datetime) -> dict[str, Any]:
    later = now + timedelta(hours=1)
    rest = Rest(until=later, since=now, refusals=1, reason=text)
    found = Health(
        banned=text if number % 2 else "", whole=rest, models={text: rest}, barred=(text,)
    )
    mishap = {"at": now.isoformat(), "status": 401, "reason": text, "excerpt": text}
    vault = Vault(settings.POTLUCK_VAULT_KEYS)
    return {
        "kind": "openai_compatible" if number % 2 else "gemini_api",
        "sealed": vault.seal(f"key {number}").decode(),
        "sealed_proxy": vault.seal(f"http://user:word@{SEED}.example").decode(),
        "fingerprint": f"{number:064}",
        "errors": [mishap],
        "claimed_until": None,
        "deleted_at": None,
        **store.columns(found, now),
    }


def when() -> datetime:
    return datetime.now(UTC)
