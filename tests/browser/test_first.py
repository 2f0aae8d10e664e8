"""From the first login to the first answered call, and who is let in afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.test_journey import call, create
from tests.support.gateway import Gateway, configure
from tests.support.simulator import Upstream

Enter = Callable[[Page], Page]

UPSTREAM_KEY = "the-first-upstream-key"
NEW = "a horse that is not correct at all"


@pytest.fixture(scope="module")
def gateway(simulated: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """As a person starts it for the first time: nobody has brought a credential."""
    with configure(tmp_path_factory.mktemp("first"), simulated.base, keys=()) as running:
        yield running


def bring(page: Page, secret: str) -> None:
    """A key of an upstream, by way of the first step."""
    page.goto("/panel")
    page.get_by_role("main").get_by_role("link", name="Add a credential").click()
    page.fill("#id_keys", secret)
    page.get_by_role("button", name="Add and test").click()
    expect(page.get_by_role("heading", name="1 credential is added")).to_be_visible()


def test_from_the_first_login_to_the_first_answer(
    gateway: Gateway, simulated: Upstream, visit: Visit, enter: Enter
) -> None:
    page = enter(visit())
    bring(page, UPSTREAM_KEY)
    page.get_by_role("link", name="Next: Create a key").click()
    page.wait_for_url("**/api-key-admin/new")
    page.goto("/panel")
    expect(page.locator(".steps .done")).to_have_count(1)
    secret = create(page, "Ada")
    page.goto("/panel")
    expect(page.locator(".steps .done")).to_have_count(2)

    live = visit(storage_state=page.context.storage_state())
    live.goto("/panel/log")
    expect(live.locator("#live-state")).to_contain_text("live")
    assert call(gateway, secret).status_code == 200
    # Without a reload, and nobody waits for the minute's sums.
    expect(page.locator(".steps .done")).to_have_count(3)
    expect(page.locator(".tiles")).to_contain_text(re.compile(r"Requests\s+1\b"))
    assert simulated.last.key == UPSTREAM_KEY
    line = live.locator(".log-line", has_text="gemini-2.5-flash").first
    expect(line).to_be_visible()

    line.get_by_role("link", name="open request").click()
    live.wait_for_url(re.compile("/panel/requests"))
    expect(live.get_by_text("gemini-2.5-flash").first).to_be_visible()
    page.goto("/panel/requests")
    page.get_by_role("link", name="gemini-2.5-flash").click()
    expect(page.locator("#sheet .timeline")).to_be_visible()
    expect(page.locator("#sheet").get_by_role("link", name="Ada")).to_be_visible()
    assert UPSTREAM_KEY not in page.content() + live.content() + gateway.output()


def test_a_new_password_logs_the_others_out(
    visit: Visit, enter: Enter, password: str, gateway: Gateway
) -> None:
    mine, other = enter(visit()), enter(visit())
    mine.goto("/panel/security")
    mine.fill("#id_old", password)
    mine.fill("#id_new", NEW)
    mine.fill("#id_again", NEW)
    mine.get_by_role("button", name="Change the password").click()
    expect(mine.locator(".note.good")).to_be_visible()

    other.goto("/panel")
    other.wait_for_url("**/login**")
    mine.goto("/api-key-admin")
    expect(mine.get_by_role("heading", name="Keys")).to_be_visible()
    other.fill("#id_password", NEW)
    other.keyboard.press("Enter")
    other.wait_for_url("**/panel")
    assert NEW not in gateway.output()
