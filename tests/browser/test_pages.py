"""How a page follows what its visitor chose, and what is wrong in the sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

Enter = Callable[[Page], Page]


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
