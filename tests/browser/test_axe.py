"""Every page, looked at as it is on a desk in English and, dark, on a phone in Chinese."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser

from tests.browser import places
from tests.browser.looking import Eye
from tests.browser.places import Scene
from tests.support.dice import THOROUGH
from tests.support.routes import Route, walk

KEYS = 150
"""Three pages of them."""

LOOKS = {"desktop": ("desktop", "light", "en"), "phone": ("phone", "dark", "zh")}

Eyes = dict[tuple[str, bool], Eye]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with places.filled(tmp_path_factory.mktemp("scene"), KEYS) as found:
        yield found


@pytest.fixture(scope="module")
def eyes(browser: Browser, scene: Scene) -> Iterator[Eyes]:
    """By look, and whether they are those of the administrator."""
    found: Eyes = {}
    with contextlib.ExitStack() as stack:
        for look, inside in ((look, inside) for look in LOOKS for inside in (False, True)):
            context = stack.enter_context(places.dressed(browser, *LOOKS[look]))
            eye = Eye(context, scene.gateway.url, touch=look == "phone")
            found[look, inside] = eye
            if inside:
                places.login(eye.page, scene.gateway)
        yield found


EVERY = [*places.PAGES, *places.VIEWS]
# In the suite each page has one look, in turn: colours of both are compared in test_styles.
SEEN = [
    (name, look)
    for place, name in enumerate(EVERY)
    for turn, look in enumerate(LOOKS)
    if THOROUGH or place % len(LOOKS) == turn
]


@pytest.mark.parametrize(("name", "look"), SEEN)
def test_a_page_is_light_fits_and_shuts_nobody_out(
    scene: Scene, eyes: Eyes, name: str, look: str
) -> None:
    eye = eyes[look, name not in places.PUBLIC]
    path = (places.PAGES | places.VIEWS)[name]
    assert eye.visit(scene.address(path)) == (404 if name == "missing" else 200)
    assert [*eye.burdens(), *eye.faults()] == []


@pytest.mark.parametrize("name", places.STATES)
def test_a_page_stays_so_in_every_state(scene: Scene, eyes: Eyes, name: str) -> None:
    eye = eyes["phone", name not in places.OUTSIDE]
    places.STATES[name](eye.page, scene)
    assert eye.faults() == []


FAULTY = """() => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", `<button id="mute"></button><p class="pale">pale</p>
    <a class="button thin" href="/">thin</a>`);
  main.querySelector(".pale").style.color = "dimgray";
  main.querySelector(".thin").style.cssText = "min-height: 0; line-height: 20px; min-width: 900px";
  main.querySelector("#mute").setAttribute("style", "color: red");
  console.error("said");
}"""


def test_the_eye_sees_what_is_wrong(scene: Scene, eyes: Eyes) -> None:
    eye = eyes["phone", False]
    eye.visit(scene.address("/login"))
    eye.page.evaluate(FAULTY)
    found = "\n".join(eye.faults())
    for each in (
        "button-name: #mute",
        "color-contrast: .pale",
        "said",
        "style-src",
        "px high",
        "sideways",
    ):
        assert each in found


def unnamed(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def test_no_page_is_forgotten(scene: Scene, eyes: Eyes) -> None:
    known = {unnamed(path) for path in places.PAGES.values()}
    routes = list(walk(get_resolver("gateway.urls")))
    assert known - {"/nowhere"} <= {unnamed(route.path) for route in routes}
    asked = eyes["desktop", True].page.request

    def shows(route: Route) -> bool:
        url = route.url(token=scene.seeded["receipt"])
        answer = asked.get(scene.gateway.url + url, max_redirects=0)
        return answer.status < 300 and "text/html" in answer.headers["content-type"]

    pages = [route for route in routes if not hasattr(route.view, "view_class")]
    assert [each.path for each in pages if unnamed(each.path) not in known and shows(each)] == []
