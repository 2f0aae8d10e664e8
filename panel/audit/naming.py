"""What the fields and targets of entries are called, as a person reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

_TARGET = re.compile(r"(?P<noun>key|credential)s? (?P<first>\d{1,18})(?: to (?P<last>\d{1,18}))?")


def target(text: str) -> str:
    """`key 12`, `credentials 3 to 9`; whatever else it is stays as it is."""
    found = _TARGET.fullmatch(text)
    if found is None:
        return _("all credentials") if text == "all credentials" else text
    key = found["noun"] == "key"
    if found["last"] is None:
        words = _("key %(first)s") if key else _("credential %(first)s")
    else:
        words = _("keys %(first)s to %(last)s") if key else _("credentials %(first)s to %(last)s")
    return words % found.groupdict()


def field(name: str) -> str:
    """The name itself where nobody has words for it."""
    return _names(get_language()).get(name, name)


@lru_cache
def _names(language: str | None) -> Mapping[str, str]:
    return {
        "added": _("added"),
        "base_url": _("base URL"),
        "concurrency": _("calls at a time"),
        "count": _("how many"),
        "created_by": _("made by"),
        "daily_quota": _("daily quota"),
        "day_cap": _("calls a day"),
        "days": _("days it is good for"),
        "days_from_first_use": _("days from the first use"),
        "description": _("label"),
        "email": _("e-mail"),
        "enabled": _("switched on"),
        "expires_at": _("expires at"),
        "flag_reason": _("why it was flagged"),
        "ids": _("ids"),
        "kind": _("kind"),
        "label": _("label"),
        "link_until": _("link is good until"),
        "lines": _("lines"),
        "minute_cap": _("calls a minute"),
        "model_daily": _("daily quota of models"),
        "models": _("models"),
        "networks": _("addresses"),
        "note": _("note"),
        "ok": _("worked"),
        "on": _("switched on"),
        "owner": _("owner"),
        "provider": _("provider"),
        "proxy": _("proxy"),
        "reason": _("reason"),
        "rpm": _("requests a minute"),
        "source": _("from"),
        "state": _("state"),
        "terms": _("terms"),
        "time_zone": _("time zone"),
        "total_quota": _("quota"),
        "units": _("units"),
        "used": _("used"),
        "used_quota": _("used"),
        "uses": _("uses each"),
        "value": _("value"),
        "waiting": _("calls that may wait"),
        "weight": _("weight"),
    }
