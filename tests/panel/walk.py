"""Every page and filter of the console, and its deeds, on whatever database there is.

`tests.keys.voyage` takes this walk on each kind of database, with the gateway's own settings.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

PASSWORD = "correct-horse"
WORDS = ("百家😀", "100_%\\", "'\"", "nul\0", "x" * 500, "9" * 30)
"""What people search for."""
NAMES = ("Ada", "ada2", "百家饭", "100%", "100_", "a\\b", "😀 smile", "é", "x" * 200)
MODELS = ("gemini-pro", "Gemini-Pro", "模型", 'a"b', "a\\b", "é", "100%", "0", "m" * 200)
SEARCHES = {
    "/panel/credentials": ("q", "model", "provider"),
    "/panel/requests": ("key", "model", "credential", "code", "provider", "address", "request"),
    "/panel/audit": ("q", "target", "group", "action"),
    "/api-key-admin": ("q",),
    "/auth/keys": ("search",),
    "/auth/audit": ("text", "target"),
    "/creds/status": ("search", "cooling", "provider"),
    "/usage/requests": ("model", "provider", "error_code", "address"),
}
CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "/panel/credentials": {
        "sort": ("new", "back", "busy", "label", "provider", "weight"),
        "state": ("healthy", "cooling", "banned", "off", "held"),
        "code": ("429", "500"),
    },
    "/api-key-admin": {
        "sort": ("new", "left", "used", "expiry"),
        "state": ("enabled", "disabled", "expired", "exhausted", "flagged", "unused"),
    },
    "/panel/requests": {
        "range": ("1h", "30d"),
        "from": ("0001-01-01T00:00", "9999-12-31T23:59"),
        "status": ("4xx", "429", "failed", "answered"),
        "slow": ("1",),
        "stream": ("yes", "no"),
        "dropped": ("1",),
        "after": ("0.1", "999999999999999999.1", "nothing"),
    },
    "/panel/audit": {"range": ("24h",), "from": ("0001-01-01T00:00",), "after": ("3",)},
    "/panel/contributions": {"state": ("waiting", "lent", "paused")},
    "/usage/requests": {"slower": (str(2**63 - 1),), "since": ("0001-01-01T00:00:00Z",)},
}


def walk(now: datetime) -> None:
    """To be called where there are keys and requests. Raises AssertionError."""
    from django.conf import settings
    from django.test import override_settings

    from keys.models import ApiKey, RequestRecord

    # Every refusal and deed would be a line.
    logging.disable(logging.ERROR)
    config = dataclasses.replace(settings.POTLUCK, panel_password=PASSWORD)
    with override_settings(POTLUCK=config):
        ids = _lend(now)
        _sum(now)
        call = _inside()
        key = ApiKey.objects.order_by("pk")[0].pk
        request = RequestRecord.objects.order_by("pk")[0].request_id
        named = {"key_id": key, "api_key": key, "id": ids[0], "credential": ids[0]}
        broken = [url for url in _urls(named | {"request_id": request}) if call("GET", url) == 500]
        assert broken == [], broken
        _find(ids, now)
        _sort(ids, now)
        _do(call, key, ids)
        _guess(now)
    _prove()


def _lend(now: datetime) -> list[int]:
    """A credential of each of NAMES, which rests for one of MODELS, or may not ask for it."""
    from credentials import health, services, store
    from credentials.health import Barred, Health, Policy, RateLimited
    from credentials.kinds import Kind
    from credentials.models import Credential
    from tests.support.pool import vault

    ids, policy = [], Policy()
    for number, (name, model) in enumerate(zip(NAMES, MODELS, strict=True)):
        secret = f"planted-secret-{number}-0123456789"
        row, _ = services.add(vault(), "gemini", Kind.GEMINI_API, secret, label=name)
        until = now + timedelta(hours=1, microseconds=number)
        rests = RateLimited(model, until=until, reason="QUOTA")
        outcome = Barred(model) if number % 2 else rests
        known = health.after(Health(), outcome, policy, sent_at=now, now=now)
        Credential.objects.filter(pk=row.pk).update(**store.columns(known, now))
        ids.append(row.pk)
    Credential.objects.filter(pk=ids[0]).update(cooling_until=now + timedelta(hours=2))
    Credential.objects.filter(pk=ids[1]).update(cooling_until=now + timedelta(hours=1))
    return ids


def _sum(now: datetime) -> None:
    """Names that differ in a letter's case are not one, whoever was asked for them."""
    from keys import rollup, seeding
    from keys.models import UsageHour
    from keys.records import RequestRecord

    def call(number: int, model: str, upstream: str) -> RequestRecord:
        at = now + timedelta(hours=2, seconds=number)
        return RequestRecord(
            request_id=f"walk-{number}",
            at=at,
            model=model,
            upstream_model=upstream,
            provider="gemini",
            status=503,
        )

    calls = [("Pro", "Pro"), ("pro", ""), ("PRO", ""), ("pro", "pro"), ("prö", "prö"), ("😀", "😀")]
    records = [call(number, *names) for number, names in enumerate(calls)]
    assert list(seeding.write(records)) == [len(records)]
    assert rollup.run(now + timedelta(hours=3))
    found = UsageHour.objects.filter(hour=UsageHour.objects.latest("hour").hour)
    sums = dict(found.values_list("model", "calls"))
    assert sums == {"Pro": 1, "pro": 2, "": 1, "prö": 1, "😀": 1}, sums


def _inside() -> Callable[..., int]:
    from django.test import Client

    browser = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {PASSWORD}"}

    def call(method: str, url: str, body: Any = None) -> int:
        own = headers if url.startswith(("/auth/", "/creds/", "/usage/", "/config/")) else {}
        if method == "FORM":
            return browser.post(url, body, headers=own).status_code
        made = browser.generic(method, url, _json(body), "application/json", headers=own)
        return made.status_code

    assert call("FORM", "/login", {"password": PASSWORD}) == 303
    return call


def _json(body: Any) -> bytes:
    import json

    return b"" if body is None else json.dumps(body).encode()


def _urls(named: dict[str, object]) -> Iterator[str]:
    from urllib.parse import urlencode

    from django.urls import get_resolver

    from tests.support.routes import walk

    yield from (route.url(**named) for route in walk(get_resolver()))
    for page, fields in SEARCHES.items():
        yield from (f"{page}?{urlencode({name: word})}" for name in fields for word in WORDS)
    for page, choices in CHOICES.items():
        for name, values in choices.items():
            yield from (f"{page}?{urlencode({name: value})}" for value in values)


def _find(ids: list[int], now: datetime) -> None:
    """What is looked for is found, and nothing that only looks like it."""
    from credentials import listing
    from credentials.listing import Wanted

    for place, model in enumerate(MODELS):
        assert listing.ids(Wanted(model=model), now) == [ids[place]], model
    for text, places in (("家", [2]), ("100%", [3]), ("100_", [4]), ("\\", [5]), ("ADA", [0, 1])):
        assert listing.ids(Wanted(search=text), now) == [ids[place] for place in places], text


def _sort(ids: list[int], now: datetime) -> None:
    """Page by page everybody is seen once, whatever the order."""
    from credentials import listing
    from credentials.listing import Sort, Wanted

    for sort in Sort:
        for descending in (False, True):
            seen: list[int] = []
            after = None
            while after is not None or not seen:
                page = listing.page(
                    Wanted(), now, sort=sort, descending=descending, after=after, size=4
                )
                seen += [row.id for row in page.rows]
                after = page.next
                if after is None:
                    break
            assert sorted(seen) == sorted(ids), sort
            if sort is Sort.COOLING:
                assert seen[:2] == (ids[:2] if descending else ids[1::-1])


def _do(call: Callable[..., int], key: int, ids: list[int]) -> None:
    told = "😀 百家饭 é " + "x" * 100
    done: tuple[tuple[str, str, Any], ...] = (
        ("POST", "/auth/keys", {"description": told, "owner": told}),
        ("PATCH", f"/auth/keys/{key}", {"model_daily": {"cafe": 1, "café": 2, "😀": 3, "🎉": 4}}),
        ("POST", f"/auth/keys/{key}/grant", {"units": 3, "reason": told}),
        ("POST", "/auth/models/costs", {"model_name": "cafe", "cost": 1}),
        ("POST", "/auth/models/costs", {"model_name": "café", "cost": 2}),
        ("PATCH", f"/creds/{ids[0]}", {"label": told, "day_cap": 1_000_000}),
        ("POST", "/creds/batch-action", {"ids": ids, "action": "pardon"}),
        ("POST", "/usage/update-limits", {"ids": ids, "day_cap": 5}),
        ("POST", "/config/save", {"AUTO_BAN_STRIKES": 7}),
        ("FORM", "/api-key-admin/new", {"description": told, "count": 2, "time_zone": "UTC"}),
        ("FORM", f"/panel/credentials/{ids[1]}/disable", {}),
        ("FORM", "/panel/contributions/invites", {"count": 1, "uses": 2, "days": 3, "note": told}),
        ("FORM", "/panel/models/aliases", {"text": "快=gemini-pro"}),
    )
    for method, url, body in done:
        assert call(method, url, body) in (200, 201, 204, 303), url
    from keys.models import ModelCost

    costs = dict(ModelCost.objects.values_list("pattern", "units"))
    assert (costs["cafe"], costs["café"]) == (1, 2)


def _guess(now: datetime) -> None:
    """Who logs in at the same time is counted, and nobody waits for each other for ever."""
    from django.db import connection

    from keys.lockout import Steps
    from panel.auth.tally import Tally
    from panel.models import LoginFailure

    free = Steps(1_000, timedelta(1), timedelta(1))

    def guess(person: int) -> None:
        tally, address = Tally("walk", account=free, address=free), f"10.0.0.{person % 2}"
        try:
            for number in range(5):
                tally.attempt("admin", address, now)
                if number % 2 == 0:
                    tally.succeeded("admin", address)
        finally:
            connection.close()

    before = LoginFailure.objects.count()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(guess, range(6)))
    # Two addresses, each of them known from now on, and one account.
    assert LoginFailure.objects.count() == before + 5


def _prove() -> None:
    from panel.audit import book

    assert book.count() > 10
    assert list(book.findings()) == []
