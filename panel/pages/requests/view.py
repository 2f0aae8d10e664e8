"""What the address of the request log says: every filter, and where the page begins."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict

from keys import days, listing
from keys.records import clean
from keys.requests import Ended, Wanted

PAGE = "/panel/requests"

RANGES = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
CLASSES = {"2xx": (200, 299), "4xx": (400, 499), "5xx": (500, 599)}
STREAMS = {"yes": True, "no": False}

_FILTERS = (
    *("range", "from", "to", "key", "model", "credential", "provider", "dialect"),
    *("status", "code", "slow", "stream", "dropped", "request", "address"),
)
_REST = ("tz", "follow", "after")
_BEHIND = frozenset(_FILTERS) - {"range", "key", "model", "status"}
"""Filters that a page keeps folded until one of them is used."""

_ROOM = 200
_KEYS = 100
"""Keys that a part of a label may mean."""
_MOST = 2**63 - 1
_DAY = 86_400
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    """The words of the address, as they were sent. What cannot be read narrows nothing; `wrong`
    names it."""

    words: Mapping[str, str]

    @classmethod
    def read(cls, query: QueryDict) -> View:
        said = {name: query.get(name, "").strip() for name in (*_FILTERS, *_REST)}
        return cls({name: clean(text, _ROOM) for name, text in said.items() if text})

    def get(self, name: str) -> str:
        return self.words.get(name, "")

    @property
    def narrowed(self) -> bool:
        return any(name in self.words for name in _FILTERS)

    @property
    def unfolded(self) -> bool:
        return any(name in self.words for name in _BEHIND)

    @property
    def follow(self) -> bool:
        """New requests come in at the top by themselves, while the page shows the top."""
        return self.get("follow") == "1" and not self.after

    @property
    def after(self) -> str | None:
        return self.get("after") or None

    @property
    def zone(self) -> tzinfo:
        """The visitor's, as its browser said; else UTC."""
        return days.known(self.get("tz")) if "tz" in self.words else UTC

    @property
    def wrong(self) -> list[str]:
        """Names of filters that say nothing."""
        unread = {
            "range": self.get("range") in RANGES,
            "from": self._moment("from") is not None,
            "to": self._moment("to") is not None,
            "status": self._ended is not None or self._status is not None,
            "slow": self._slower is not None,
            "stream": self.get("stream") in STREAMS,
        }
        return [name for name, known in unread.items() if name in self.words and not known]

    def address(self, page: str = PAGE, **changes: str | None) -> str:
        """The same view with some words changed, or without them."""
        words = {**self.words, **changes}
        if not (words.get("from") or words.get("to")):
            words["tz"] = None
        named = {name: words[name] for name in (*_FILTERS, *_REST) if words.get(name)}
        return f"{page}?{urlencode(named)}" if named else page

    def wanted(self, now: datetime) -> Wanted:
        since = [now - RANGES[self.get("range")]] if self.get("range") in RANGES else []
        since += [start] if (start := self._moment("from")) else []
        credential = self.get("credential")
        number = _number(credential)
        return Wanted(
            since=max(since, default=None),
            until=self._moment("to"),
            keys=_keys(self.get("key"), now),
            model=self.get("model"),
            credential=number,
            label=credential if number is None else "",
            provider=self.get("provider").lower(),
            dialect=self.get("dialect"),
            ended=self._ended,
            status=self._status,
            code=self.get("code"),
            slower=self._slower,
            stream=STREAMS.get(self.get("stream")),
            dropped=bool(self.get("dropped")),
            request_id=self.get("request"),
            address=self.get("address"),
        )

    def _moment(self, name: str) -> datetime | None:
        """A time without an offset is one of the visitor's zone."""
        try:
            found = datetime.fromisoformat(self.get(name))
            return (found if found.tzinfo else found.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    @property
    def _ended(self) -> Ended | None:
        return next((each for each in Ended if each == self.get("status")), None)

    @property
    def _status(self) -> tuple[int, int] | None:
        text = self.get("status")
        number = _number(text)
        if number is not None and 100 <= number <= 599:
            return number, number
        return CLASSES.get(text)

    @property
    def _slower(self) -> int | None:
        try:
            seconds = float(self.get("slow"))
        except ValueError:
            return None
        return round(seconds * 1000) if math.isfinite(seconds) and 0 <= seconds <= _DAY else None


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) and int(text) <= _MOST else None


def _keys(text: str, now: datetime) -> tuple[int, ...] | None:
    """An id, or whose labels, owners or shown beginnings have the text in them."""
    if not text:
        return None
    if (number := _number(text)) is not None:
        return (number,)
    found = listing.page(listing.Wanted(text), settings.POTLUCK_PEPPER, now, size=_KEYS)
    return tuple(key.pk for key in found.keys)
