"""Invented requests: a community's month of calls, with its rhythm and its bad hours. Pure."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from keys.records import RequestRecord

MARK = "seeded-"
"""How the ids of invented requests begin; the gateway's own are hexadecimal."""

_HOUR = timedelta(hours=1)


class Lent(NamedTuple):
    """A credential; 0 has no id."""

    id: int
    label: str
    provider: str


class Cast(NamedTuple):
    """Who takes part: ids of keys, and credentials. Neither may be empty."""

    keys: Sequence[int]
    credentials: Sequence[Lent]


class Dish(NamedTuple):
    """A model as people ask for it, who answers, and how often it is asked for."""

    asked: str
    upstream: str
    provider: str
    dialect: str
    units: int
    weight: int


class Trouble(NamedTuple):
    """A provider's bad hour: what most of its credentials say until `end`."""

    start: datetime
    end: datetime
    provider: str
    fault: Fault


class Fault(NamedTuple):
    """How a credential fails: its result and reason, and what the client is told if all do."""

    result: str
    reason: str
    status: int
    code: str


DISHES = (
    Dish("gemini-2.5-pro", "gemini-2.5-pro", "gemini", "gemini", 10, 26),
    Dish("gemini-2.5-flash", "gemini-2.5-flash", "gemini", "gemini", 2, 30),
    Dish("gemini-2.5-flash-lite", "gemini-2.5-flash-lite", "gemini", "gemini", 1, 8),
    Dish("gemini-2.5-pro-maxthinking", "gemini-2.5-pro", "gemini", "gemini", 10, 8),
    Dish("流式抗截断/gemini-2.5-pro", "gemini-2.5-pro", "gemini", "gemini", 20, 3),
    Dish("gemini-2.5-flash-image", "gemini-2.5-flash-image", "gemini", "gemini", 10, 2),
    Dish("claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "anthropic", "anthropic", 1, 12),
    Dish("gpt-5.5", "gpt-5.5", "openai", "openai_responses", 1, 8),
    Dish("deepseek/deepseek-chat", "deepseek-chat", "deepseek", "openai_chat", 1, 3),
)
PROVIDERS = tuple(dict.fromkeys(dish.provider for dish in DISHES))

_CLIENTS = ("openai_chat", "openai_chat", "anthropic", "gemini", "openai_responses")
_FAULTS = (
    Fault(
        "RateLimited", "429 per-minute limit: Resource has been exhausted", 429, "upstream_cooling"
    ),
    Fault("RateLimited", "429 per-day limit: Quota exceeded for metric", 429, "upstream_cooling"),
    Fault("Stumbled", "503 overloaded: The model is overloaded", 502, "upstream_failed"),
    Fault("Stumbled", "No answer came within 60 seconds", 504, "upstream_timeout"),
    Fault("Refused", "401 unauthenticated: API key not valid", 502, "upstream_failed"),
)
_REFUSALS = (
    (400, "invalid_request", "messages: write a list with at least one message."),
    (404, "model_not_found", "No upstream serves this model."),
    (429, "insufficient_quota", "This key has 3 units left, and the call costs 10."),
    (429, "rate_limit_exceeded", "This key asks too fast: at most 60 requests a minute."),
)
_DROPPED = ("cache_control", "logit_bias, parallel_tool_calls", "safety_settings", "citations")


def requests(
    count: int, cast: Cast, since: datetime, until: datetime, chance: Random
) -> Iterator[RequestRecord]:
    """`count` records from `since` to `until`, both aware, in the order of time."""
    troubles = _troubles(since, until, chance)
    kitchen = _Kitchen(cast, chance)
    for number, at in enumerate(_moments(count, since, until, chance)):
        trouble = next((each for each in troubles if each.start <= at < each.end), None)
        yield kitchen.serve(number, at, trouble)


def _moments(count: int, since: datetime, until: datetime, chance: Random) -> Iterator[datetime]:
    """More by day than by night, more on some days than on others."""
    hours = max(1, -(-(until - since) // _HOUR))
    starts = [since + number * _HOUR for number in range(hours)]
    weights = [_busy(start, chance) for start in starts]
    whole, before, done = sum(weights), 0.0, 0
    for start, weight in zip(starts, weights, strict=True):
        before += weight
        due = round(count * before / whole)
        length = min(_HOUR, until - start)
        yield from (
            start + length * part for part in sorted(chance.random() for _ in range(due - done))
        )
        done = due


def _busy(hour: datetime, chance: Random) -> float:
    by_day = (2, 1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 9, 7, 8, 9, 9, 9, 8, 7, 8, 9, 8, 6, 4)[hour.hour]
    return by_day * (0.7 if hour.weekday() >= 5 else 1.0) * chance.uniform(0.7, 1.3)


def _troubles(since: datetime, until: datetime, chance: Random) -> list[Trouble]:
    """About two bad hours in three days."""
    found = []
    for _ in range(max(1, (until - since) // timedelta(hours=36))):
        start = since + (until - since) * chance.random()
        end = start + timedelta(minutes=chance.randint(10, 90))
        found.append(Trouble(start, end, chance.choice(PROVIDERS), chance.choice(_FAULTS)))
    return found


class _Kitchen:
    """Makes one record after the other."""

    def __init__(self, cast: Cast, chance: Random) -> None:
        self._chance = chance
        self._lent = {
            provider: [each for each in cast.credentials if each.provider == provider]
            or list(cast.credentials)
            for provider in PROVIDERS
        }
        # A few people ask for most of it.
        self._keys = cast.keys
        self._shares = list(accumulate(1 / (place + 1) for place in range(len(cast.keys))))
        self._dishes = list(accumulate(dish.weight for dish in DISHES))

    def serve(self, number: int, at: datetime, trouble: Trouble | None) -> RequestRecord:
        chance = self._chance
        dish = DISHES[bisect.bisect(self._dishes, chance.random() * self._dishes[-1])]
        key = bisect.bisect(self._shares, chance.random() * self._shares[-1])
        bad = trouble is not None and trouble.provider == dish.provider
        tried = self._tried(dish, trouble.fault if bad and trouble else None)
        shared = {
            "request_id": f"{MARK}{int(at.timestamp() * 1000):012x}{number:08x}",
            "at": at,
            "key_id": self._keys[key],
            "address": f"192.0.2.{key % 250 + 1}" if key % 7 else f"2001:db8::{key:x}",
            "model": dish.asked,
            "client_dialect": _CLIENTS[key % len(_CLIENTS)],
            "operation": "generate",
            "stream": chance.random() < 0.7,
        }
        if not tried:
            return self._refused(shared)
        shared |= {
            "upstream_model": dish.upstream,
            "provider": dish.provider,
            "credential_id": tried[-1][0],
            "credential_label": tried[-1][1],
            "upstream_dialect": dish.dialect,
            "attempts": json.dumps(tried) if len(tried) > 1 or tried[-1][3] else "",
        }
        return self._ended(shared, dish, tried)

    def _tried(self, dish: Dish, fault: Fault | None) -> list[tuple[int, str, str, str, float]]:
        """Credentials asked, the last one with an answer mostly; none for a call refused before."""
        chance = self._chance
        if chance.random() < 0.02:
            return []
        tried: list[tuple[int, str, str, str, float]] = []
        failing = 0.7 if fault else 0.015
        for _ in range(3):
            lent = chance.choice(self._lent[dish.provider])
            if chance.random() >= failing:
                seconds = round(chance.uniform(0.4, 30), 3)
                return [*tried, (lent.id, lent.label, "Succeeded", "", seconds)]
            said = fault or chance.choice(_FAULTS)
            seconds = round(chance.uniform(0.1, 3), 3)
            tried.append((lent.id, lent.label, said.result, said.reason, seconds))
            if chance.random() < 0.2:
                break
        return tried

    def _refused(self, shared: dict[str, object]) -> RequestRecord:
        status, code, detail = self._chance.choice(_REFUSALS)
        spent = self._chance.randint(1, 9)
        told = {"status": status, "error_code": code, "detail": detail, "duration_ms": spent}
        return RequestRecord(**(shared | told))  # type: ignore[arg-type]

    def _ended(
        self,
        shared: dict[str, object],
        dish: Dish,
        tried: list[tuple[int, str, str, str, float]],
    ) -> RequestRecord:
        chance = self._chance
        spent = int(sum(each[4] for each in tried) * 1000) + chance.randint(2, 12)
        if tried[-1][2] != "Succeeded":
            fault = next(each for each in _FAULTS if each.reason == tried[-1][3])
            told = {"status": fault.status, "error_code": fault.code, "detail": fault.reason}
            return RequestRecord(**(shared | told), duration_ms=spent)  # type: ignore[arg-type]
        way = chance.random()
        code = "client_disconnected" if way < 0.01 else "upstream_failed" if way < 0.013 else ""
        asked, said = int(chance.paretovariate(1.1) * 400), int(chance.paretovariate(1.4) * 120)
        return RequestRecord(
            **shared,  # type: ignore[arg-type]
            status=200,
            error_code=code,
            detail="The upstream broke off." if code == "upstream_failed" else "",
            first_byte_ms=min(spent, int(spent * chance.uniform(0.05, 0.6)) + 40),
            duration_ms=spent,
            input_tokens=min(asked, 900_000),
            output_tokens=min(said, 60_000),
            cached_tokens=min(asked, 900_000) // 2 if way > 0.7 else None,
            thinking_tokens=said % 3_000 if dish.units >= 10 else None,
            units=dish.units,
            dropped=chance.choice(_DROPPED) if way > 0.96 else "",
        )
