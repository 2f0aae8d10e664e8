"""What comes of asking a provider about a credential: a test, a renewal, an e-mail address."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from credentials.probing import Result
from panel import tending
from panel.bridge import NotRunning
from panel.tending import Action, Done

Ask = Callable[[HttpRequest, Collection[int]], list[Done]]

VERBS: Mapping[str, Ask] = {
    "test": lambda request, ids: tending.act(request, Action.TEST, ids),
    "refresh": lambda request, ids: tending.act(request, Action.REFRESH, ids),
    "email": lambda request, ids: tending.emails(request, ids),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`state` is a shape and a class. `status` 0: none came; `raw` is what the provider said."""

    id: int
    state: str
    text: str
    status: int = 0
    seconds: float | None = None
    raw: str = ""


def ask(request: HttpRequest, verb: str, ids: Collection[int]) -> list[Answer]:
    """One answer for each, also where no gateway runs."""
    try:
        done = VERBS[verb](request, ids)
    except NotRunning:
        text = _("The gateway is not running in this process. Try again in a moment.")
        return [Answer(id, "off", text) for id in ids]
    except TimeoutError:
        text = _("No answer in time. Try again in a moment.")
        return [Answer(id, "low", text) for id in ids]
    return [_answer(verb, each) for each in done]


def _answer(verb: str, done: Done) -> Answer:
    if done.result is not None:
        return _tested(done.id, done.result)
    if not done.ok:
        return Answer(done.id, "banned", done.message)
    if verb == "email":
        return Answer(done.id, "healthy", _("It is %(email)s.") % {"email": done.message})
    return Answer(done.id, "healthy", _("It has a new token."))


def _tested(id: int, result: Result) -> Answer:
    state, text = _outcomes().get(result.outcome, ("banned", result.outcome))
    raw = "" if result.ok else result.said
    return Answer(id, state, text, result.status, result.seconds, raw)


def _outcomes() -> dict[str, tuple[str, str]]:
    return {
        "Succeeded": ("healthy", _("It works.")),
        "Proven": ("healthy", _("It works.")),
        "RateLimited": ("cooling", _("It was told to wait.")),
        "Barred": ("cooling", _("It may not use the model that was asked.")),
        "Refused": ("banned", _("The provider does not accept it.")),
        "Stumbled": ("cooling", _("The provider failed, or did not answer.")),
        "NotItsFault": ("low", _("It could not be tested, for no fault of its own.")),
    }
