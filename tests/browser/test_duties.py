"""What an administrator does on a later day: judges loans, changes a setting, looks in by phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.looking import WIDTH
from tests.browser.places import LANGUAGES, SIZES
from tests.browser.test_journey import call, create
from tests.support.gateway import Gateway, Provider, configure
from tests.support.simulator import Upstream

Enter = Callable[[Page], Page]

WELCOME = "the-key-that-ada-lends"
UNWELCOME = "the-key-that-bob-lends"
REASON = "Bob is away until spring"


@pytest.fixture(scope="module")
def gateway(simulated: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """With a key of its own for Gemini, and none for what may be lent to it."""
    with configure(
        tmp_path_factory.mktemp("duties"),
        simulated.base,
        keys=("the-key-of-the-house",),
        providers=[Provider("acme", simulated.openai, models={"acme-large": "gpt-4.1"})],
        CONTRIBUTIONS="open",
    ) as running:
        yield running


def lend(page: Page, secret: str, name: str) -> str:
    """The address of the receipt."""
    page.goto("/auth?way=key:acme")
    page.fill("#id_secret", secret)
    page.locator(".fold summary").click()
    page.fill("#id_name", name)
    page.locator("[name=agree]").check()
    page.locator("form .button.main").click()
    page.wait_for_url("**/auth/receipt/*?new=1")
    expect(page.locator(".verdict .state.waiting")).to_be_visible()
    return page.url.removesuffix("?new=1")


def test_one_loan_is_approved_and_another_refused(
    gateway: Gateway, simulated: Upstream, visit: Visit, enter: Enter
) -> None:
    lender = visit()
    approved, refused = lend(lender, WELCOME, "Ada"), lend(lender, UNWELCOME, "Bob")

    page = enter(visit())
    page.get_by_role("link", name="Contributions").click()
    waiting = page.locator("tbody tr")
    expect(waiting).to_have_count(2)
    waiting.filter(has_text="Ada").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("calls are served with it now")).to_be_visible()
    waiting.filter(has_text="Bob").get_by_role("link", name="Refuse…").click()
    page.locator("#sheet #reason").fill(REASON)
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("Nobody waits for you.")).to_be_visible()

    secret, before = create(page, "Eve"), len(simulated.requests)
    for _ in range(3):
        assert call(gateway, secret, "acme-large").status_code == 200
    asked = [each.key for each in simulated.requests[before:] if each.key in (WELCOME, UNWELCOME)]
    assert asked == [WELCOME] * 3

    lender.goto(approved)
    expect(lender.locator(".verdict .state.healthy")).to_be_visible()
    lender.goto(refused)
    expect(lender.locator(".verdict")).to_contain_text("not accepted")
    expect(lender.get_by_text(REASON)).to_be_visible()
    for each in (WELCOME, UNWELCOME):
        assert each not in page.content() + lender.content() + gateway.output()


def test_a_setting_acts_at_once_and_is_taken_back(
    gateway: Gateway, visit: Visit, enter: Enter
) -> None:
    page = enter(visit(locale="zh-CN"))
    secret = create(page, "小明")

    def answer() -> int:
        return call(gateway, secret).status_code

    page.goto("/panel/settings?q=model_exclude")
    field = page.get_by_label("不列出也不提供的模型")
    for text, faults in (("快", 1), ("gemini-2.5-*", 0)):
        assert answer() == 200
        field.fill(text)
        page.get_by_role("button", name="保存").click()
        expect(page.locator(".given", has=field).get_by_role("alert")).to_have_count(faults)
        expect(field).to_have_value(text)
    expect(page.get_by_text("已保存：MODEL_EXCLUDE")).to_be_visible()
    assert answer() == 404

    page.get_by_role("link", name="修改历史").click()
    page.get_by_role("button", name="撤销 MODEL_EXCLUDE").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert answer() == 200

    page.goto("/panel/settings?q=contributions")
    expect(page.locator("#f-CONTRIBUTIONS")).to_be_disabled()
    expect(page.locator("#CONTRIBUTIONS .locked")).to_contain_text("环境变量")


PHONE: dict[str, Any] = {
    "viewport": dict(zip(("width", "height"), SIZES["phone"], strict=True)),
    "locale": LANGUAGES["zh"],
    "color_scheme": "dark",
    "is_mobile": True,
    "has_touch": True,
}


def test_a_phone_at_night_is_enough(gateway: Gateway, visit: Visit, enter: Enter) -> None:
    page = enter(visit(**PHONE))
    expect(page.locator("body")).to_have_css("background-color", "rgb(21, 23, 26)")
    bar = page.locator(".bottom")
    expect(bar.locator(":scope > ul > li")).to_have_count(5)
    expect(page.locator(".places")).to_be_hidden()
    bar.get_by_text("更多").tap()
    bar.get_by_role("link", name="设置").tap()
    page.wait_for_url("**/panel/settings")

    bar.get_by_role("link", name="凭证").tap()
    page.locator("td.head .name").last.tap()
    page.get_by_role("button", name="立即测试").tap()
    expect(page.locator("#answer")).to_contain_text("可以用。")
    assert page.evaluate(WIDTH) == 0

    bar.get_by_role("link", name="密钥").tap()
    page.locator("[data-new]").tap()
    page.locator("#sheet #id_description").fill("小红")
    page.locator("#sheet form .button.main").tap()
    secret = page.locator("#sheet #secret").inner_text()
    assert page.evaluate(WIDTH) == 0
    assert call(gateway, secret).status_code == 200
