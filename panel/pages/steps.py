"""The first run: three things to do, ticked off as they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.translation import gettext as _

from credentials import filters
from keys import stats
from keys.models import ApiKey
from panel.pages import layout, ready, site


@dataclass(frozen=True, slots=True)
class Step:
    """`href` leads to where it is done in the console, "" where there is no such page; `command`
    does it in a terminal. `next`: those before it are done."""

    slug: str
    title: str
    about: str
    done: bool
    href: str
    button: str
    command: str
    next: bool = False


def open_steps(request: HttpRequest) -> list[Step]:
    """All three while one of them is left, then none."""
    done = (
        filters.living("default").exists(),
        ApiKey.objects.filter(deleted=False).exists(),
        stats.answered(),
    )
    if all(done):
        return []
    steps = [_lend(done[0]), _key(done[1]), _call(done[2], site.address(request))]
    first = next(step for step in steps if not step.done)
    return [replace(step, next=step is first) for step in steps]


def _lend(done: bool) -> Step:
    return Step(
        "lend",
        _("Add a credential"),
        _("An API key or an account at an upstream: what everybody eats from."),
        done,
        layout.address("credentials"),
        _("Add a credential"),
        ".venv/bin/python manage.py importcredentials keys.txt",
    )


def _key(done: bool) -> Step:
    return Step(
        "key",
        _("Create a key"),
        _("With a quota, for yourself or for somebody else. It is shown once."),
        done,
        layout.address("key-new"),
        _("Create a key"),
        "make key QUOTA=1000",
    )


def _call(done: bool, address: str) -> Step:
    return Step(
        "call",
        _("Make a call"),
        _("Put your key in the place of sk-…"),
        done,
        layout.address("playground"),
        _("Try it in the playground"),
        ready.lines(address, "sk-…")[0].text,
    )
