"""What is looked at on one visit of a page: axe, weight, width, targets, the browser's console."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ViewportSize

from tests.browser.conftest import Watched
from tests.clients.install import packages

MOST_BYTES = 150_000
MOST_REQUESTS = 12
NARROW: ViewportSize = {"width": 360, "height": 740}
"""Of the smallest phones that people have."""
TOUCH = 43.5
"""Pixels; a finger needs 44, and half of one is rounding."""

WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """(least) => [
    ...document.querySelectorAll("a, button, input, select, summary, label.tick"),
  ]
  .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((each) => !each.matches(".skip, p a, td a, input[type=checkbox], input[type=radio]"))
  .filter((each) => !each.closest("dialog:not([open])"))
  .map((each) => [each, each.getBoundingClientRect().height])
  .filter(([each, height]) => height > 0 && height < (each.matches("dd a") ? 24 : least))
  .map(([each, height]) => [height, each.outerHTML.slice(0, 120)])"""
AXE = """async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    preload: false,
    rules: { "target-size": { enabled: true } },
  });
  return found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .flatMap((each) => each.nodes.map((node) =>
      `${each.id}: ${node.target.join(" ")}: ${node.any.concat(node.all, node.none)
        .map((check) => check.message).join(" ")}`));
}"""


@cache
def axe() -> str:
    """The script, from npm."""
    folder = packages(Path(__file__).parent / "axe", "axe")
    return (folder / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


class Eye:
    """A tab that comes to every page as for the first time: nothing is kept."""

    def __init__(self, context: BrowserContext, site: str, *, touch: bool) -> None:
        self.page = context.new_page()
        if touch:
            self.page.set_viewport_size(NARROW)
        self._watched = Watched(self.page, site)
        self._touch = touch
        self._bytes = 0
        wire = context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.loadingFinished", self._weigh)

    def _weigh(self, event: dict[str, Any]) -> None:
        self._bytes += event["encodedDataLength"]

    def visit(self, address: str) -> int:
        """Goes there and forgets what was before; the status."""
        self._forget()
        answer = self.page.goto(address)
        return answer.status if answer else 0

    def burdens(self) -> list[str]:
        """What is too much of the page that was visited, heads of answers included."""
        requests = len(self._watched.requests)
        found = [f"{requests} requests"] if requests > MOST_REQUESTS else []
        return [*found, f"{self._bytes} bytes"] if self._bytes > MOST_BYTES else found

    def faults(self) -> list[str]:
        """Of what the page shows now, and of what its browser said since the last look."""
        # A form may have led to a page that still waits for its styles.
        self.page.wait_for_load_state()
        # The debugger evaluates it: the page's own policy stays as it is, and is heard of.
        self.page.evaluate(axe())
        found = [*self.page.evaluate(AXE), *self._watched.errors, *self._watched.elsewhere]
        if (wide := self.page.evaluate(WIDTH)) > 0:
            found.append(f"scrolls sideways by {wide} px")
        if self._touch:
            small = self.page.evaluate(SMALL, TOUCH)
            found += [f"{height:.0f} px high: {what}" for height, what in small]
        self._forget()
        return found

    def _forget(self) -> None:
        self._watched.errors.clear()
        self._watched.elsewhere.clear()
        self._watched.requests.clear()
        self._bytes = 0
