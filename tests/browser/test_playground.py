"""The playground makes real calls, in every dialect, with a key that only the page holds."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.gateway import Gateway
from tests.support.simulator import Upstream

Enter = Callable[[Page], Page]

DIALECTS = ("openai_chat", "openai_responses", "anthropic", "gemini")
CUT = """async () => {
  const { Events } = await import("/static/js/sse.js");
  const text = "event: a\\r\\ndata: 百\\r\\ndata: 家\\r\\n\\r\\n:x\\ndata:1";
  const bytes = new TextEncoder().encode(text);
  const events = new Events();
  return [...[...bytes].flatMap((each) => events.feed(Uint8Array.of(each))), ...events.flush()];
}"""


def send(page: Page, model: str, state: str = "done") -> None:
    page.fill("#model", model)
    # Not by the keyboard: the first key after that may only close the list of models.
    page.locator("#send").click()
    expect(page.locator(f"[data-state={state}]")).to_be_visible()


def test_a_call_in_every_dialect(
    gateway: Gateway, simulated: Upstream, visit: Visit, enter: Enter
) -> None:
    page = enter(visit())
    page.goto("/panel/playground?model=gemini-2.5-flash-high")
    page.press("#message", "Control+Enter")
    expect(page.locator("#wrong")).to_contain_text("Paste a gateway key")
    page.get_by_role("button", name="Make a key for this page").click()
    expect(page.locator("#key-note")).to_contain_text("1,000 units")

    page.fill("#message", "Ping?")
    for dialect in DIALECTS:
        page.locator(f"label[for=d-{dialect}]").click()
        for streamed in (True, False):
            page.set_checked("#stream", streamed)
            send(page, "gemini-2.5-flash-high")
            expect(page.locator("#text")).to_have_text("You said: Ping?")
            expect(page.locator("[data-fact=output] dd")).not_to_be_empty()
            expect(page.locator("[data-fact=units] dd")).to_have_text("2")
    expect(page.locator("#thoughts .said")).to_contain_text("short answer")
    page.get_by_role("button", name="Raw bytes").click()
    expect(page.locator("#raw")).to_contain_text('"usageMetadata"')
    expect(page.locator("#log a")).to_have_attribute(
        "href", "/panel/requests/" + str(request(page))
    )

    send(page, "gemini-2.5-flash-sim-400", "refused")
    expect(page.locator("#refusal-code")).not_to_be_empty()
    page.set_checked("#stream", True)
    send(page, "gemini-2.5-flash-sim-stall", "coming")
    page.keyboard.press("Escape")
    expect(page.locator("[data-state=cancelled]")).to_be_visible()

    assert page.evaluate(CUT) == [{"name": "a", "data": "百\n家"}, {"name": "", "data": "1"}]
    assert secrets(page) == []
    page.locator("#code").scroll_into_view_if_needed()
    expect(page.locator("#line-curl")).to_contain_text(gateway.url)


def request(page: Page) -> str:
    return page.locator("#log code").inner_text()


def secrets(page: Page) -> list[str]:
    """Keys that were left anywhere but in the page's memory."""
    places = page.evaluate(
        "() => [document.documentElement.outerHTML, location.href, JSON.stringify(localStorage),"
        " JSON.stringify(sessionStorage), document.cookie, document.getElementById('key').value]"
    )
    return re.findall(r"sk-[\w-]{43}", "".join(places))
