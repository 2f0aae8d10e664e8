"""A real browser at a real gateway with a simulated upstream."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.chrome import opened
from tests.support.gateway import Gateway, configure
from tests.support.simulator import Upstream, simulated

__all__ = ["simulated"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # For this package only: Playwright's loop would stand in the way of asynchronous tests.
    with opened() as found:
        yield found


@pytest.fixture(scope="module")
def gateway(simulated: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """As a person starts it for the first time: without a password and without a key."""
    folder = tmp_path_factory.mktemp("gateway")
    with configure(folder, simulated.base, keys=("test-key",)) as running:
        yield running


@pytest.fixture
def password(gateway: Gateway) -> str:
    """What the first start printed."""
    return gateway.password


class Watched:
    """What a page did that a person does not see."""

    def __init__(self, page: Page, site: str) -> None:
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.requests: list[Request] = []
        self._site = site
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        # A refused form is written to the console as a failed request; that is meant.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def _asked(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((self._site, "data:")):
            self.elsewhere.append(request.url)


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, gateway: Gateway) -> Iterator[Visit]:
    """A new visitor's page. At the end, no page has had an error or asked another host."""
    contexts, watched = [], []

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=gateway.url, **{"locale": "en-US", **options})
        context.set_default_timeout(10_000)
        page = context.new_page()
        contexts.append(context)
        watched.append(Watched(page, gateway.url))
        return page

    yield make
    for context in contexts:
        context.close()
    assert [each for one in watched for each in one.errors] == []
    assert [each for one in watched for each in one.elsewhere] == []


@pytest.fixture
def enter(password: str) -> Callable[[Page], Page]:
    def login(page: Page) -> Page:
        page.goto("/login")
        page.fill("#id_password", password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/panel")
        page.goto("/api-key-admin")
        return page

    return login
