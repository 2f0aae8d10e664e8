"""The pool in a browser: files dropped, many switched off, keys tested."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.gateway import Gateway

Enter = Callable[[Page], Page]

DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  const target = document.querySelector("main");
  for (const type of ["dragenter", "dragover", "drop"]) {
    const all = { bubbles: true, cancelable: true, dataTransfer: data };
    target.dispatchEvent(new DragEvent(type, all));
  }
}"""


def keys(prefix: str, count: int) -> str:
    return "\n".join(f"{prefix}-0123456789-{number:03}" for number in range(count))


def test_a_dropped_file_is_imported_and_fifty_are_switched_off(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.goto("/panel/credentials")
    page.evaluate(DROP, ["fifty.txt", keys("dropped", 50)])
    expect(page.locator("#uploads")).to_contain_text("50 added")
    expect(page.locator("#drop")).to_be_hidden()
    expect(page.locator("#pool")).to_contain_text("51 credentials")

    page.get_by_text("More filters").click()
    page.locator("#f-source").select_option("import")
    page.wait_for_url("**/panel/credentials?source=import")
    expect(page.locator("#pool [role=status]")).to_have_text("50 credentials")
    page.get_by_role("checkbox", name="Pick all on this page").check()
    # What was picked stays so when the list is asked anew.
    page.evaluate("htmx.trigger('#pool', 'refresh')")
    expect(page.locator("#batch")).to_contain_text("50 picked:")
    expect(page.locator("tr.picked")).to_have_count(50)
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("50 credentials are off now.")).to_be_visible()
    expect(page.locator("tbody .state.off")).to_have_count(50)
    page.locator(".chips").get_by_text("off").click()
    page.wait_for_url("**/panel/credentials?state=off&source=import")


def test_pasted_keys_say_whether_they_work(gateway: Gateway, visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.goto("/panel/credentials")
    page.click("[data-new]")
    sheet = page.locator("#sheet")
    sheet.locator("#id_keys").fill(keys("pasted", 2))
    sheet.locator("#id_label").fill("Club")
    sheet.get_by_role("button", name="Add and test").click()
    expect(sheet.get_by_text("It works.")).to_have_count(2)
    assert "pasted-0123456789" not in page.content()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Club 1", exact=True).click()
    page.get_by_role("button", name="Test now").click()
    expect(page.locator("#answer")).to_contain_text("It works.")
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("#credential .state.off")).to_be_visible()
    assert "pasted-0123456789" not in gateway.output()
