"""Pictures of every page, for a person to look at: `make screenshots`.

Desktop and phone, light and dark, Chinese and English, empty and full, into `.cache/screenshots`.
Arguments narrow it: `python -m tests.browser.screenshots keys phone` takes those whose name has
all of the words.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page

from tests.browser import places
from tests.browser.chrome import opened
from tests.browser.places import Scene
from tests.support.gateway import ROOT

OUT = ROOT / ".cache" / "screenshots"
FULL = 2_000


def main(words: Sequence[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        empty = Scene(stack.enter_context(places.bare(folders[0])), {})
        full = stack.enter_context(places.filled(folders[1], FULL))
        browser = stack.enter_context(opened())
        for looks in itertools.product(places.SIZES, places.THEMES, places.LANGUAGES):
            with places.dressed(browser, *looks) as context:
                _take(context.new_page(), _rounds(empty, full), "-".join(looks), words)


Subjects = dict[str, Callable[[Page], object]]
"""What is taken a picture of, and how one gets there."""


class Round(NamedTuple):
    """Pictures that are taken by nobody in particular, or by the administrator of `scene`."""

    scene: Scene
    inside: bool
    subjects: Subjects


def _take(page: Page, rounds: Iterator[Round], looks: str, words: Sequence[str]) -> None:
    for scene, inside, subjects in rounds:
        chosen = [name for name in subjects if all(word in f"{name}-{looks}" for word in words)]
        if chosen and inside:
            places.login(page, scene.gateway)
        for name in chosen:
            subjects[name](page)
            page.wait_for_load_state()
            whole = name not in places.WINDOWS
            page.screenshot(path=OUT / f"{name}-{looks}.png", full_page=whole)
            print(f"{name}-{looks}")


def _rounds(empty: Scene, full: Scene) -> Iterator[Round]:
    """Those of nobody come first: whoever has logged in once stays so."""
    yield Round(empty, False, _empty(empty, places.PUBLIC))
    yield Round(full, False, _pages(full, places.PUBLIC) | _states(full, places.OUTSIDE))
    yield Round(empty, True, _empty(empty, places.CONSOLE))
    pages = places.CONSOLE | places.VIEWS
    yield Round(full, True, _pages(full, pages) | _states(full, places.INSIDE))


def _empty(scene: Scene, pages: Mapping[str, str]) -> Subjects:
    there = {f"{name}-empty": path for name, path in pages.items() if "{" not in path}
    return _pages(scene, there)


def _pages(scene: Scene, pages: Mapping[str, str]) -> Subjects:
    def visit(path: str, page: Page) -> None:
        page.goto(scene.address(path))

    return {name: partial(visit, path) for name, path in pages.items()}


def _states(scene: Scene, states: Mapping[str, places.Journey]) -> Subjects:
    def go(journey: places.Journey, page: Page) -> None:
        journey(page, scene)

    return {name: partial(go, journey) for name, journey in states.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
