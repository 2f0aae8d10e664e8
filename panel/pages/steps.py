"""The first run: three things to do, ticked off as they are done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials import filters
from keys import stats
from keys.models import ApiKey
from panel.pages import layout, ready, site

_FRESH = timedelta(hours=1)
"""After the first key: so long the three stay in sight when all of them are done."""


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


@dataclass(frozen=True, slots=True)
class Steps:
    each: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """None once all are done."""
        return next((step for step in self.each if step.next), None)


def open_steps(request: HttpRequest) -> Steps | None:
    """All three while one of them is left, and ticked for the rest of the first hour."""
    done = (
        filters.living("default").exists(),
        ApiKey.objects.filter(deleted=False).exists(),
        stats.answered(),
    )
    if all(done) and not _fresh():
        return None
    steps = (_lend(done[0]), _key(done[1]), _call(done[2], site.address(request)))
    first = next((step for step in steps if not step.done), None)
    return Steps(tuple(replace(step, next=step is first) for step in steps))


def following(request: HttpRequest) -> Step | None:
    """Where somebody goes on who has just done one of them; None on any later day."""
    steps = open_steps(request)
    return steps.next if steps else None


def _fresh() -> bool:
    first = ApiKey.objects.order_by("pk").values_list("created_at", flat=True).first()
    return first is not None and timezone.now() - first < _FRESH


def _lend(done: bool) -> Step:
    return Step(
        "lend",
        _("Add a credential"),
        _("An API key or an account at an upstream: what everybody eats from."),
        done,
        layout.address("credentials-new"),
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
        _("In the playground, or in a terminal with your key in the place of sk-…"),
        done,
        layout.address("playground"),
        _("Try it in the playground"),
        ready.lines(address, "sk-…")[0].text,
    )
