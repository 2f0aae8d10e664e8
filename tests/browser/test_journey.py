"""What an administrator and a member do on their first day."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.support.gateway import Gateway
from tests.support.simulator import Upstream

Enter = Callable[[Page], Page]


def create(page: Page, label: str, **fields: str) -> str:
    """Makes a key in the side sheet; returns its text."""
    page.goto("/api-key-admin")
    page.click("[data-new]")
    sheet = page.locator("#sheet")
    sheet.locator("#id_description").fill(label)
    for name, value in fields.items():
        sheet.locator(f"#id_{name}").fill(value)
    sheet.locator("form .button.main").click()
    return sheet.locator("#secret").inner_text()


def call(gateway: Gateway, secret: str, model: str = "gemini-2.5-flash") -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"Authorization": f"Bearer {secret}"}
    address = f"{gateway.url}/v1/chat/completions"
    return httpx.post(address, json=body, headers=headers, trust_env=False, timeout=30)


def open_key(page: Page, label: str) -> None:
    page.goto("/api-key-admin")
    page.get_by_role("link", name=label, exact=True).click()
    page.wait_for_url(re.compile(r"/api-key-admin/\d+$"))


def test_the_first_day(gateway: Gateway, simulated: Upstream, visit: Visit, enter: Enter) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/api-key-admin/costs")
    assert page.url.endswith("/login?next=%2Fapi-key-admin%2Fcosts")
    enter(page)
    expect(page.get_by_text("No keys yet")).to_be_visible()

    secret = create(page, "Ada", total_quota="10")
    page.locator("#sheet .secret").first.get_by_role("button", name="Copy").click()
    expect(page.locator("#sheet").get_by_text("Copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator("#secret")).to_have_count(0)
    assert secret not in page.content()
    expect(page.get_by_text("0 / 10")).to_be_visible()

    assert call(gateway, secret).status_code == 200
    open_key(page, "Ada")
    expect(page.locator(".figure")).to_contain_text("8")
    expect(page.locator(".chart .mark")).to_have_count(1)

    page.goto("/api-key-admin/costs")
    page.fill("#id_pattern", "gemini-2.5-flash")
    page.fill("#id_units", "3")
    page.get_by_role("button", name="Set", exact=True).click()
    row = page.locator("tr", has_text="gemini-2.5-flash")
    row.locator("[name=units]").fill("4")
    row.locator("[name=units]").press("Tab")
    expect(row.get_by_text("Saved.")).to_be_visible()
    page.fill("#name", "gemini-2.5-flash-search")
    expect(page.locator("#answer")).to_contain_text("4 units")

    open_key(page, "Ada")
    page.get_by_role("link", name="Delete…").click()
    page.locator("#sheet #name").fill("Ada")
    page.get_by_role("button", name="Delete for ever").click()
    expect(page.get_by_text("Ada was deleted.")).to_be_visible()
    expect(page.get_by_text("No keys yet")).to_be_visible()


def test_a_member_gets_a_key_by_a_link_and_asks_what_is_left(
    gateway: Gateway, visit: Visit, enter: Enter
) -> None:
    page = enter(visit())
    create(page, "Bob", total_quota="100")
    link = page.locator("#link").inner_text()

    member = visit(locale="zh-CN", viewport={"width": 390, "height": 844})
    member.goto(link)
    member.get_by_role("button", name="显示我的密钥").click()
    secret = member.locator("#secret").inner_text()
    assert secret.startswith("sk-")
    assert call(gateway, secret).status_code == 200

    member.goto("/api-key-query")
    member.fill("#id_api_key", secret)
    member.keyboard.press("Enter")
    expect(member.locator(".figure")).to_contain_text("点剩余")
    expect(member.get_by_role("cell", name="gemini-2.5-flash")).to_be_visible()
    assert secret not in member.url
    assert secret not in gateway.output()

    member.goto(link)
    member.get_by_role("button", name="显示我的密钥").click()
    expect(member.get_by_text("这个链接已失效")).to_be_visible()


def test_many_keys_at_once(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.goto("/api-key-admin/new")
    page.fill("#id_description", "Club")
    page.fill("#id_count", "5")
    page.click("main .button.main")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as a table").click()
    table = download.value.path().read_text(encoding="utf-8-sig")
    assert len(re.findall(r"sk-[\w-]{43}", table)) == 5

    page.goto("/api-key-admin?q=Club")
    page.get_by_role("checkbox", name="Pick all on this page").check()
    expect(page.locator("#batch")).to_contain_text("5 picked:")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("5 keys are off now.")).to_be_visible()
    expect(page.locator(".state.off")).to_have_count(5)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("5 keys work again.")).to_be_visible()

    page.goto("/api-key-admin?q=Club")
    page.get_by_role("checkbox", name="Pick all on this page").check()
    page.get_by_role("button", name="Delete…").click()
    page.fill("#number", "5")
    page.get_by_role("button", name="Delete for ever").click()
    expect(page.get_by_text("5 keys were deleted.")).to_be_visible()


def test_the_search_narrows_while_one_types(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    for label in ("Alpha", "Beta"):
        create(page, label)
        page.keyboard.press("Escape")
    page.goto("/api-key-admin")
    page.keyboard.press("/")
    page.keyboard.type("alph")
    expect(page.get_by_role("link", name="Beta", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Alpha", exact=True)).to_have_count(1)
    assert "q=alph" in page.url


def test_the_keyboard_leads_around(visit: Visit, enter: Enter) -> None:
    page = enter(visit())
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/costs")


def test_everything_works_without_scripts(visit: Visit, enter: Enter) -> None:
    page = enter(visit(java_script_enabled=False))
    page.get_by_role("link", name="New key").first.click()
    page.fill("#id_description", "Plain")
    page.click("main .button.main")
    assert page.locator("#secret").inner_text().startswith("sk-")
    open_key(page, "Plain")
    page.fill("#id_units", "7")
    page.get_by_role("button", name="Grant").click()
    expect(page.get_by_text("1,007").first).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.fill("#id_owner", "@plain")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("@plain").first).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
