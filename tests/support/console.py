"""The console's REST API for tests: its administrator, and Alice and Bob with a key each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from keys import services
from keys.limits.addresses import Addresses
from panel import pace
from panel.auth import entry

PASSWORD = "correct-horse"


class Answer(NamedTuple):
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class Caller:
    """Speaks JSON, with or without an `Authorization`."""

    def __init__(self, client: Client, authorization: str = "") -> None:
        self.client = client
        self.headers = {"Authorization": authorization} if authorization else {}

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """`headers`: underscores stand for dashes."""
        sent = self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        data = b"" if body is None else json.dumps(body).encode()
        found: HttpResponse = self.client.generic(  # type: ignore[assignment]
            method, path, data, content_type="application/json", headers=sent
        )
        is_json = found.headers.get("Content-Type", "").startswith("application/json")
        return Answer(
            found.status_code,
            json.loads(found.content) if is_json and found.content else None,
            found.headers,
        )


class Person(NamedTuple):
    """Somebody with a key."""

    id: int
    secret: str
    call: Caller


def person(name: str, total: int | None = 100) -> Person:
    key, secret = services.create(settings.POTLUCK_PEPPER, total=total, description=name)
    return Person(key.pk, secret, Caller(Client(), f"Bearer {secret}"))


@pytest.fixture
def console(site: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A browser at a console whose password is PASSWORD, and nobody has failed yet."""
    monkeypatch.setattr(entry, "door", entry.passwords())
    monkeypatch.setattr(entry, "second", entry.codes())
    monkeypatch.setattr(pace, "_addresses", Addresses(pace.rule))
    config = dataclasses.replace(settings.POTLUCK, panel_password=PASSWORD)
    with override_settings(POTLUCK=config):
        yield site


@pytest.fixture
def visitor(console: Client) -> Caller:
    """Somebody without any right."""
    return Caller(console)


@pytest.fixture
def admin(console: Client) -> Caller:
    """The administrator, with the password as a bearer."""
    return Caller(Client(raise_request_exception=False), f"Bearer {PASSWORD}")


@pytest.fixture
def alice(console: Client) -> Person:
    return person("Alice")


@pytest.fixture
def bob(console: Client) -> Person:
    return person("Bob")
