"""Nobody needs a mouse: where the keys lead, and that one always sees where one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

Enter = Callable[[Page], Page]

STOPS = 60
SHOWN = """() => {
  const here = document.activeElement;
  if (here === document.body) return null;
  // A radio button that is drawn as its label.
  const drawn = getComputedStyle(here).opacity === "0" ? here.nextElementSibling : here;
  const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
  const box = drawn.getBoundingClientRect();
  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2
    && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  return [here.outerHTML.slice(0, 90), seen];
}"""
PLACES = (
    "/",
    "/api-key-query",
    "/panel",
    "/api-key-admin",
    "/api-key-admin/new",
    "/api-key-admin/1",
    "/api-key-admin/costs",
    "/panel/requests",
    "/panel/log",
)


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until it is there."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(where) => document.activeElement.matches(where)", selector):
            return
    raise AssertionError(f"{STOPS} times Tab do not lead to {selector}")


class Stop(NamedTuple):
    what: str
    seen: bool


def stops(page: Page) -> Iterator[Stop]:
    """Those of the page, in their order."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(SHOWN)
        if found is None:
            return
        yield Stop(*found)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_key_is_made_without_a_mouse(visit: Visit, password: str) -> None:
    page = visit()
    page.goto("/login")
    expect(page.locator("#id_password")).to_be_focused()
    page.keyboard.type(password)
    press(page, "Enter")
    page.wait_for_url("**/panel")
    press(page, "g", "k")
    page.wait_for_url("**/api-key-admin")
    expect(page.get_by_text("No keys yet")).to_be_visible()

    press(page, "n")
    expect(page.locator("#sheet #id_description")).to_be_focused()
    page.keyboard.type("Ada")
    tab_to(page, "#sheet .button.main")
    press(page, "Enter")
    expect(page.locator("#sheet h1")).to_be_focused()
    tab_to(page, "#sheet [data-copy=secret]")
    press(page, "Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.get_by_role("link", name="Ada", exact=True)).to_be_visible()

    press(page, "?")
    expect(page.locator("#shortcuts")).to_be_visible()
    press(page, "Escape", "/")
    expect(page.locator("#q")).to_be_focused()


def test_whoever_opened_the_sheet_has_the_focus_back(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    tab_to(page, "[data-new]")
    press(page, "Enter")
    expect(page.locator("#sheet #id_description")).to_be_focused()
    press(page, "Escape")
    expect(page.locator("[data-new]")).to_be_focused()


def test_the_focus_stays_when_its_part_of_the_page_is_replaced(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.goto("/api-key-admin/costs")
    page.fill("#id_pattern", "gemini-2.5-pro")
    page.fill("#id_units", "3")
    press(page, "Enter")
    row = page.locator("tr", has_text="gemini-2.5-pro")
    row.locator("[name=units]").fill("4")
    press(page, "Tab")
    expect(row.get_by_text("Saved.")).to_be_visible()
    expect(row.get_by_role("button", name="Remove")).to_be_focused()
    row.locator("[name=units]").fill("5")
    press(page, "Enter")
    expect(row.locator("[name=units]")).to_have_value("5")
    expect(row.locator("[name=units]")).to_be_focused()

    page.goto("/api-key-admin")
    press(page, "/", "A", "d")
    page.wait_for_url("**q=Ad*")
    expect(page.locator("#q")).to_be_focused()


def test_the_first_stop_skips_the_rail(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    press(page, "Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    press(page, "Enter")
    expect(page.locator("#content")).to_be_focused()
    press(page, "Tab")
    expect(page.locator("main [data-new]")).to_be_focused()


def test_every_stop_can_be_seen(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    for path in PLACES:
        page.goto(path)
        found = list(stops(page))
        assert [each.what for each in found if not each.seen] == [], path
        assert len(found) > 5, path
