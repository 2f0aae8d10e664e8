"""Every page and every state of one worth a look: what pictures are taken of, what tests visit."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.gateway import ROOT, Gateway, configure

PASSWORD = "for the pictures only"
WRONG = "sk-" + "x" * 43

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}

PUBLIC = {
    "landing": "/",
    "login": "/login",
    "query": "/api-key-query",
    "gift": "/key/{gift}",
    "contribute": "/auth",
    "receipt": "/auth/receipt/{receipt}",
    "withdraw": "/auth/receipt/{receipt}/withdraw",
    "missing": "/nowhere",
}
"""What stands in braces comes from the seed."""

CONSOLE = {
    "overview": "/panel",
    "keys": "/api-key-admin",
    "key-new": "/api-key-admin/new",
    "key": "/api-key-admin/{key}",
    "key-edit": "/api-key-admin/{key}/edit",
    "key-delete": "/api-key-admin/{key}/delete",
    "costs": "/api-key-admin/costs",
    "credentials": "/panel/credentials",
    "credentials-new": "/panel/credentials/new",
    "credential": "/panel/credentials/{credential}",
    "credential-edit": "/panel/credentials/{credential}/edit",
    "credential-delete": "/panel/credentials/{credential}/delete",
    "contributions": "/panel/contributions",
    "contributions-login": "/panel/contributions/login",
    "reject": "/panel/contributions/{waiting}/reject",
    "invites": "/panel/contributions/invites",
    "models": "/panel/models",
    "requests": "/panel/requests",
    "request": "/panel/requests/{request}",
    "log": "/panel/log",
    "playground": "/panel/playground",
    "settings": "/panel/settings",
    "settings-history": "/panel/settings/history",
    "security": "/panel/security",
    "audit": "/panel/audit",
    "reference": "/api/docs",
}

VIEWS = {
    "keys-search": "/api-key-admin?q=nothing+is+called+this",
    "costs-answer": "/api-key-admin/costs?name=gemini-2.5-pro-search",
    "requests-search": "/panel/requests?model=nothing+is+called+this&slow=2",
}
"""Pages of the console once more, as their address makes them look."""

PAGES = PUBLIC | CONSOLE


class Scene(NamedTuple):
    """A gateway, and what was put into it: see `seed`."""

    gateway: Gateway
    seeded: Mapping[str, Any]

    def address(self, path: str) -> str:
        """Raises KeyError for what the seed does not know."""
        known = {"gift": "x" * 43, **self.seeded}
        return self.gateway.url + re.sub(r"{(\w+)}", lambda found: str(known[found[1]]), path)


@contextlib.contextmanager
def filled(folder: Path, keys: int) -> Iterator[Scene]:
    """A gateway with as many keys, and with something on every page."""
    with bare(folder) as gateway:
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.seed", str(keys)],
            cwd=ROOT,
            env=gateway.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        yield Scene(gateway, json.loads(done.stdout))


def bare(folder: Path) -> Gateway:
    """One that is not started and was never used. Its upstream is nowhere: nobody calls."""
    return configure(
        folder,
        "http://127.0.0.1:9",
        keys=("none",),
        PANEL_PASSWORD=PASSWORD,
        CONTRIBUTIONS="open",
    )


@contextlib.contextmanager
def dressed(browser: Browser, size: str, theme: str, language: str) -> Iterator[BrowserContext]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale=LANGUAGES[language],
        reduced_motion="reduce",
        has_touch=size == "phone",
        is_mobile=size == "phone",
    )
    yield context
    context.close()


def login(page: Page, gateway: Gateway) -> None:
    page.goto(f"{gateway.url}/login")
    if page.locator("#id_password").count():
        page.fill("#id_password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/panel")


Journey = Callable[[Page, Scene], object]


def _wrong(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/api-key-query"))
    page.fill("#id_api_key", WRONG)
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def _query(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/api-key-query"))
    page.fill("#id_api_key", scene.seeded["secret"])
    page.keyboard.press("Enter")
    page.wait_for_selector(".figure")


def _sheet(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/api-key-admin"))
    page.click("[data-new]")
    page.wait_for_selector("#sheet[open] #id_description")


def _created(page: Page, scene: Scene) -> None:
    _sheet(page, scene)
    page.fill("#id_description", "小明 Ada")
    page.click("#sheet .button.main")
    page.wait_for_selector("#secret")


def _made(page: Page, scene: Scene, count: int = 1) -> None:
    page.goto(scene.address("/api-key-admin/new"))
    page.fill("#id_description", "读书群")
    page.fill("#id_count", str(count))
    page.click("main .button.main")
    page.wait_for_selector("#secret, #all")


def _folded(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/api-key-admin/new"))
    page.click("summary")
    page.fill("#id_networks", "my house")
    page.click("main .button.main")
    page.wait_for_selector(".wrong")


def _picked(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/api-key-admin"))
    for place in range(3):
        page.locator("input[name=key]").nth(place).check()


def _bulk(page: Page, scene: Scene) -> None:
    _picked(page, scene)
    page.click("[name=action][value=delete]")
    page.wait_for_selector("#number")


def _shortcuts(page: Page, scene: Scene) -> None:
    page.goto(scene.address("/panel"))
    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open]")


OUTSIDE: Mapping[str, Journey] = {"query-wrong": _wrong, "query-answer": _query}
INSIDE: Mapping[str, Journey] = {
    "shortcuts": _shortcuts,
    "new-sheet": _sheet,
    "made-sheet": _created,
    "made": _made,
    "batch": partial(_made, count=12),
    "new-wrong": _folded,
    "picked": _picked,
    "bulk-delete": _bulk,
}
STATES = {**OUTSIDE, **INSIDE}
WINDOWS = frozenset({"new-sheet", "made-sheet", "picked", "shortcuts"})
"""States that are about what a window shows, not about the whole page."""
