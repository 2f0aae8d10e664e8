"""What holds for every page: its width, its weight, its looks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, Watched
from tests.support.gateway import Gateway

Enter = Callable[[Page], Page]

PUBLIC = ("/", "/login", "/api-key-query", "/nowhere", "/key/" + "x" * 43)
CONSOLE = ("/api-key-admin", "/api-key-admin/new", "/api-key-admin/costs", "/api-key-admin/1")
LONG = "读书群小明的沉浸式翻译和论文阅读助手仅限周末使用请勿外传谢谢配合" + "x" * 60

WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, label.tick")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((each) => !each.matches(".skip, p a, td a, input[type=checkbox], input[type=radio]"))
  .map((each) => [each.getBoundingClientRect().height, each.outerHTML.slice(0, 80)])
  .filter(([height]) => height > 0 && height < 43.5)"""


@pytest.fixture(autouse=True)
def long_key(gateway: Gateway) -> None:
    if not getattr(gateway, "has_key", False):
        gateway.key(quota=1_000_000_000, description=LONG)
        gateway.has_key = True  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [*PUBLIC, *CONSOLE])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_nothing_scrolls_sideways_on_a_phone(
    visit: Visit, enter: Enter, path: str, language: str
) -> None:
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    enter(page)
    page.set_extra_http_headers({"Accept-Language": language})
    page.goto(path)
    assert page.evaluate(WIDTH) <= 0
    assert page.evaluate(SMALL) == []


@pytest.mark.parametrize("path", [*PUBLIC, *CONSOLE])
def test_a_page_is_light(visit: Visit, enter: Enter, gateway: Gateway, path: str) -> None:
    known = enter(visit()).context.storage_state() if path in CONSOLE else None
    # A visitor with an empty cache.
    page = visit(storage_state=known)
    watched = Watched(page, gateway.url)
    page.goto(path, wait_until="networkidle")
    sizes = [request.sizes()["responseBodySize"] for request in watched.requests]
    assert len(sizes) <= 12
    assert sum(sizes) <= 150_000


@pytest.mark.parametrize(
    ("theme", "page_colour"), [("dark", "rgb(21, 23, 26)"), ("light", "rgb(250, 248, 244)")]
)
def test_a_theme_is_the_system_s_until_one_is_chosen(
    visit: Visit, theme: str, page_colour: str
) -> None:
    other = {"dark": "light", "light": "dark"}[theme]
    page = visit(color_scheme=other)
    page.goto("/api-key-query")
    expect(page.locator("body")).not_to_have_css("background-color", page_colour)
    page.get_by_role("button", name=theme.title(), exact=True).click()
    expect(page.locator("body")).to_have_css("background-color", page_colour)
    asked = visit(color_scheme=theme)
    asked.goto("/api-key-query")
    expect(asked.locator("body")).to_have_css("background-color", page_colour)


def test_a_language_is_chosen_where_one_is(visit: Visit) -> None:
    page = visit()
    page.goto("/api-key-query")
    page.get_by_role("button", name="简体中文").click()
    page.wait_for_url("**/api-key-query")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="查剩余额度")).to_be_visible()


def test_the_sheet_keeps_what_is_wrong_in_sight(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.click("[data-new]")
    sheet = page.locator("#sheet")
    sheet.locator("summary").click()
    sheet.locator("#id_networks").fill("my house")
    sheet.get_by_role("button", name="Create").click()
    expect(sheet.locator("#id_networks_error")).to_be_visible()
    expect(sheet.locator("#id_networks")).to_be_focused()
