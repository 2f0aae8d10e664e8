"""Pictures of every page, for a person to look at: `make screenshots`.

Desktop and phone, light and dark, Chinese and English, empty and full, into `.cache/screenshots`.
Arguments narrow it: `python -m tests.browser.screenshots keys phone` takes those whose name has
all of the words.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.chrome import opened
from tests.support.gateway import ROOT, Gateway, configure

OUT = ROOT / ".cache" / "screenshots"
PASSWORD = "for the pictures only"
FULL = 2_000
WRONG = "sk-" + "x" * 43

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}

BOTH = {
    "keys": "/api-key-admin",
    "costs": "/api-key-admin/costs",
}
ONCE = {
    "landing": "/",
    "login": "/login",
    "query": "/api-key-query",
    "missing": "/nowhere",
    "gift": "/key/" + "x" * 43,
}
FILLED = {
    "keys-search": "/api-key-admin?q=nothing+is+called+this",
    "costs-answer": "/api-key-admin/costs?name=gemini-2.5-pro-search",
    "key": f"/api-key-admin/{FULL}",
    "key-edit": f"/api-key-admin/{FULL}/edit",
    "key-delete": f"/api-key-admin/{FULL}/delete",
}


def main(words: Sequence[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        bare, busy = (stack.enter_context(_gateway(folder)) for folder in folders)
        secret = _seed(busy)
        browser = stack.enter_context(opened())
        for looks in itertools.product(SIZES, THEMES, LANGUAGES):
            with _dressed(browser, *looks) as page:
                for name, go in _subjects(page, bare, busy, secret):
                    full = f"{name}-{'-'.join(looks)}"
                    if all(word in full for word in words):
                        go()
                        page.screenshot(path=OUT / f"{full}.png", full_page=name not in SHEETS)
                        print(full)


def _gateway(folder: Path) -> Gateway:
    return configure(folder, "http://127.0.0.1:9", keys=("none",), PANEL_PASSWORD=PASSWORD)


def _seed(gateway: Gateway) -> str:
    command = [sys.executable, "-m", "tests.browser.seed", str(FULL)]
    done = subprocess.run(
        command, cwd=ROOT, env=gateway.environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@contextlib.contextmanager
def _dressed(browser: Browser, size: str, theme: str, language: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale=LANGUAGES[language],
        reduced_motion="reduce",
        has_touch=size == "phone",
        is_mobile=size == "phone",
    )
    yield context.new_page()
    context.close()


Subject = tuple[str, Callable[[], object]]


def _subjects(page: Page, bare: Gateway, busy: Gateway, secret: str) -> Iterator[Subject]:
    """What is taken a picture of, and how one gets there. The pages of nobody come first."""
    for name, path in ONCE.items():
        yield name, partial(page.goto, busy.url + path)
    for title, gateway in (("empty", bare), ("full", busy)):
        _login(page, gateway)
        for name, path in BOTH.items():
            yield f"{name}-{title}", partial(page.goto, gateway.url + path)
    for name, path in FILLED.items():
        yield name, partial(page.goto, busy.url + path)
    for name, journey in JOURNEYS.items():
        yield name, partial(journey, page, busy, secret)


def _login(page: Page, gateway: Gateway) -> None:
    page.goto(f"{gateway.url}/login")
    if page.locator("#id_password").count():
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/api-key-admin")


def _wrong(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-query")
    page.fill("#id_api_key", WRONG)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def _query(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-query")
    page.fill("#id_api_key", secret)
    page.keyboard.press("Enter")
    page.wait_for_selector(".figure")


def _sheet(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-admin")
    page.click("[data-new]")
    page.wait_for_selector("#sheet[open] #id_description")


def _created(page: Page, gateway: Gateway, secret: str) -> None:
    _sheet(page, gateway, secret)
    page.fill("#id_description", "小明 Ada")
    page.click("#sheet .button.main")
    page.wait_for_selector("#secret")


def _made(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-admin/new")
    page.fill("#id_description", "读书群")
    page.click("main .button.main")
    page.wait_for_selector("#secret")


def _batch(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-admin/new")
    page.fill("#id_description", "读书群")
    page.fill("#id_count", "12")
    page.click("main .button.main")
    page.wait_for_selector("#all")


def _folded(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-admin/new")
    page.click("summary")
    page.fill("#id_networks", "my house")
    page.click("main .button.main")
    page.wait_for_selector(".wrong")


def _picked(page: Page, gateway: Gateway, secret: str) -> None:
    page.goto(f"{gateway.url}/api-key-admin")
    for place in range(3):
        page.locator("input[name=key]").nth(place).check()


def _bulk(page: Page, gateway: Gateway, secret: str) -> None:
    _picked(page, gateway, secret)
    page.click("[name=action][value=delete]")
    page.wait_for_selector("#number")


JOURNEYS = {
    "query-wrong": _wrong,
    "query-answer": _query,
    "new-sheet": _sheet,
    "made-sheet": _created,
    "made": _made,
    "batch": _batch,
    "new-wrong": _folded,
    "picked": _picked,
    "bulk-delete": _bulk,
}
SHEETS = {"new-sheet", "made-sheet", "picked"}


if __name__ == "__main__":
    main(sys.argv[1:])
