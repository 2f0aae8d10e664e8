"""Somebody lends an account, sees what it does, and takes it back."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.gateway import Gateway, configure
from tests.support.gateway import Provider as Upstreams
from tests.support.oauthserver import Provider, provider
from tests.support.simulator import Upstream

__all__ = ["provider"]

NOWHERE = "http://localhost:8085/callback"
"""Where a client of the type Desktop ends: nobody listens there."""


@pytest.fixture
def gateway(
    simulated: Upstream, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("lending")
    acme = Upstreams("acme", simulated.openai, models={"acme-large": "gpt-4.1"})
    found = configure(
        folder,
        simulated.base,
        keys=(),
        providers=[acme],
        CONTRIBUTIONS="open",
        CONTRIBUTION_MODERATION="false",
    )
    with (folder / "potluck.toml").open("a", encoding="utf-8") as config:
        config.write(
            f'[providers.oauth]\ntoken_url = "{provider.base}/token/"\n'
            f'authorize_url = "{provider.base}/authorize/"\nissuer = "{provider.base}"\n'
            f'revoke_url = "{provider.base}/revoke_token/"\nredirect_uri = "{NOWHERE}"\n'
            f'userinfo_url = "{provider.base}/userinfo/"\nclient_id = "public-client"\n'
            'scopes = ["openid", "models"]\n'
        )
    with found as running:
        yield running


@pytest.fixture
def anna(browser: Browser, gateway: Gateway) -> Iterator[BrowserContext]:
    """Logged in at the provider."""
    context = browser.new_context(
        base_url=gateway.url, locale="zh-CN", extra_http_headers={"x-person": "anna"}
    )
    context.set_default_timeout(10_000)
    yield context
    context.close()


def agree(anna: BrowserContext, page: Page) -> str:
    """In a new tab; gives the address on which it ended."""
    with page.expect_popup() as opened:
        page.locator("a.main").click()
    with anna.expect_event("request", lambda sent: sent.url.startswith(NOWHERE)) as ended:
        opened.value.locator("[name=allow]").click()
    opened.value.close()
    return str(ended.value.url)


def sealed(gateway: Gateway) -> str:
    with sqlite3.connect(gateway.folder / "potluck.sqlite3") as books:
        (found,) = books.execute("SELECT sealed FROM credentials_credential").fetchone()
    return str(found)


def stored(gateway: Gateway, text: str) -> bool:
    """Whether it is anywhere in the files of the database."""
    return any(text.encode() in path.read_bytes() for path in gateway.folder.glob("*.sqlite3*"))


def test_an_account_is_lent_used_and_taken_back(
    anna: BrowserContext, gateway: Gateway, provider: Provider, simulated: Upstream
) -> None:
    page = anna.new_page()
    page.goto("/")
    page.locator("a[href='/auth']").first.click()
    page.locator("a[href*='page']").click()
    page.locator("[name=agree]").check()
    page.locator("form .button.main").click()
    address = agree(anna, page)
    page.locator("#url").fill(address)
    page.locator("form[action='/auth/callback-url'] button").click()
    page.wait_for_url("**/auth/receipt/*?new=1")
    link = page.locator("#link").inner_text()
    assert page.url == f"{link}?new=1"
    expect(page.locator(".verdict .state.healthy")).to_be_visible()

    secret, token = sealed(gateway), str(simulated.last.key)
    assert stored(gateway, secret)
    assert provider.knows(token)
    asked = httpx.post(
        f"{gateway.url}/v1/chat/completions",
        json={"model": "acme-large", "messages": [{"role": "user", "content": "Hi"}]},
        headers={"Authorization": f"Bearer {gateway.key(quota=10).secret}"},
        trust_env=False,
        timeout=30,
    )
    assert (asked.status_code, simulated.last.key) == (200, token)
    gateway.stop()
    gateway.start()
    page.goto(link)
    expect(page.locator(".facts")).to_contain_text(re.compile(r"1 (calls?|次)"))
    for hidden in (token, secret):
        assert hidden not in page.content() + gateway.output()

    page.locator("a.danger").click()
    page.locator("button.danger").click()
    page.wait_for_url(link)
    expect(page.locator(".verdict .state.off")).to_be_visible()
    assert not stored(gateway, secret)
    assert not provider.knows(token)
    expect(page.locator(".plainly .state.healthy")).to_have_count(3)
