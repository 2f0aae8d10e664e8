"""People who lend at a console whose OAuth provider is real, and whose upstream asks nobody."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Coroutine, Iterator
from functools import partial
from html import unescape
from typing import Any, TypeVar, cast

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from credentials.issuers import Issuers
from credentials.kinds import Kind
from credentials.lending import terms
from credentials.lending.rules import Openness
from credentials.models import Contribution
from credentials.web import Web, client
from panel import bridge
from panel.models import AuditEntry
from tests.credentials.oauth.conftest import Loop
from tests.support.oauthserver import Provider, provider
from tests.support.pool import FakeGateway

__all__ = ["house", "lender", "loop", "provider", "stranger"]

T = TypeVar("T")
KEY = "AIzaSyPlanted-0123456789-abcdefghijklmnopq"
BASE = "https://potluck.test"
_LINK = re.compile(r'class="button main block" href="([^"]+)"')


class House(FakeGateway):
    """`late`: nobody answers in time."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._loop = loop
        self.web = Web(partial(client, "potluck/test"), total=5.0)

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        if self.late:
            work.close()
            raise TimeoutError
        return self._loop.wait(work)

    def visit(self, address: str) -> None:
        """The console counts for itself."""
        raise TimeoutError


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


@pytest.fixture
def house(console: Client, provider: Provider, loop: Loop) -> Iterator[House]:
    """Everybody may lend everything; "acme" has a consent page, "tv" a device flow."""
    known = {
        "acme": provider.issuer(),
        "tv": provider.issuer("device", authorize_url="", issuer=""),
    }
    made = House(loop)
    bridge.install(cast(Any, made))
    opened = {"contributions": Openness.OPEN, "contribution_kinds": tuple(Kind), "host_url": BASE}
    with configured(**opened), override_settings(POTLUCK_ISSUERS=Issuers(providers=known)):
        yield made
    bridge.install(None)
    loop.wait(made.web.close())


def configured(**values: Any) -> override_settings:
    """The same configuration with other values."""
    return override_settings(POTLUCK=dataclasses.replace(settings.POTLUCK, **values))


class Lender:
    """A browser of its own."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=True)

    def get(self, path: str, **more: Any) -> HttpResponse:
        return cast(HttpResponse, self.client.get(path, **more))

    def post(self, path: str, **fields: object) -> HttpResponse:
        return cast(HttpResponse, self.client.post(path, fields))

    def lend(self, way: str = "key:gemini", secret: str = KEY, **fields: str) -> HttpResponse:
        said = {"way": way, "terms": version(), "agree": "true", "secret": secret}
        return self.post("/auth/start", **(said | fields))

    def leave(self, way: str = "page:acme", **fields: str) -> str:
        """Agrees, and gives the address of the consent page."""
        said = {"terms": version(Kind.PROVIDER_OAUTH), "secret": ""}
        page = self.lend(way, **(said | fields)).content.decode()
        return unescape(_LINK.findall(page)[0])

    def arrive(self, address: str) -> HttpResponse:
        """The provider's answer, as the browser follows it."""
        return self.get(address.removeprefix(BASE))


@pytest.fixture
def lender(house: House) -> Lender:
    return Lender()


@pytest.fixture
def stranger(house: House) -> Lender:
    return Lender()


def version(kind: Kind = Kind.GEMINI_API) -> str:
    return terms.current(kind, settings.POTLUCK.contribution_terms).version


def receipt(response: HttpResponse) -> str:
    """The path of the receipt to which somebody was sent."""
    assert response.status_code == 303, response.content.decode()
    return response["Location"].partition("?")[0]


def text(response: Any) -> str:
    return str(response.content.decode())


def row() -> Contribution:
    """The only contribution."""
    return Contribution.objects.select_related("credential").get()


def document(response: HttpResponse) -> Any:
    return json.loads(response.content)


def noted() -> list[str]:
    """The actions in the audit trail, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def trail() -> str:
    """All that the audit trail holds."""
    return str(list(AuditEntry.objects.values()))
