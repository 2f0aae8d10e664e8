"""`/auth`: what lending means, what may be lent, and the form that agrees to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from credentials.kinds import Kind
from credentials.lending import invites, terms
from credentials.lending.rules import Openness, Refused, Why
from credentials.lending.states import Paid
from credentials.lending.terms import Text
from credentials.lending.wording import Risk
from credentials.oauth.device import Shown
from credentials.oauth.flow import Begun
from credentials.oauth.troubles import FlowError
from panel import bridge
from panel.pages import part
from panel.pages.door import paced
from panel.pages.lend import browser as browsers
from panel.pages.lend import flow, giving, words
from panel.pages.lend.browser import Browser
from panel.pages.lend.form import LendForm
from panel.pages.lend.ways import Way

PAGE = "/auth"
FRAME = "plain.html"
_CODE = 100


@dataclass(frozen=True, slots=True)
class Danger:
    """What lending something of this risk may cost."""

    shape: str
    label: str
    cost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    way: Way
    shape: str
    label: str


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@paced
def shown(request: HttpRequest) -> HttpResponse:
    """With `?way=` the terms of what was chosen, and the form. A POST brings an invite code."""
    held = giving.rules()
    if held.open is Openness.OFF:
        return part.page(request, "lend/closed.html", {}, frame=FRAME)
    browser = browsers.load(request)
    if request.method == "POST":
        return _knocked(request, browser)
    if held.open is Openness.INVITE and not _invited(browser.invite):
        return _door(request)
    way = chosen(request.GET.get("way", ""))
    if way is None:
        return _overview(request)
    return asked(request, way, LendForm(way, rewarded()))


@never_cache
@require_http_methods(["POST"])
@sensitive_post_parameters()
@sensitive_variables()
@paced
def started(request: HttpRequest) -> HttpResponse:
    """Agreed: what was pasted is stored and tested, or the browser goes to the provider."""
    way = chosen(request.POST.get("way", ""))
    if way is None:
        return part.to(request, PAGE)
    form = LendForm(way, rewarded(), request.POST)
    if not form.is_valid():
        return asked(request, way, form, status=422)
    browser = browsers.load(request)
    said = form.said(browser.invite)
    try:
        if not way.flows:
            found = giving.lend(request, said, form.cleaned_data["secret"])
            return flow.ended(request, browser, found)
        browser = msgspec.structs.replace(browser, name=said.name, contact=said.contact)
        return gone(request, browser, way, giving.depart(request, browser, said))
    except Refused as refused:
        if refused.why in (Why.CLOSED, Why.INVITE):
            return part.to(request, PAGE)
        form.refused(refused)
        return asked(request, way, form, status=422)
    except (FlowError, bridge.NotRunning) as error:
        return flow.failed(request, error)


def gone(request: HttpRequest, browser: Browser, way: Way, found: Begun | Shown) -> HttpResponse:
    """On the way to the provider; the browser remembers that it was this one."""
    response = flow.leaving(request, way.title, found)
    browsers.keep(request, response, browser)
    return response


def chosen(slug: str) -> Way | None:
    return next((way for way in giving.offers() if way.slug == slug), None)


def rewarded() -> bool:
    """Whether a key may be named that gets something."""
    return giving.rules().reward.paid is not Paid.NONE


def asked(request: HttpRequest, way: Way, form: LendForm, *, status: int = 200) -> HttpResponse:
    held = giving.rules()
    current = terms.current(way.kind, held.extra)
    context = {
        "way": way,
        "form": form,
        "text": current.texts[giving.language()],
        "version": current.version,
        "shape": words.SHAPES[way.risk],
        "moderated": held.moderated,
        "reward": held.reward if rewarded() else None,
    }
    return part.page(request, "lend/way.html", context, status=status, frame=FRAME)


def _overview(request: HttpRequest) -> HttpResponse:
    offers = giving.offers()
    texts = _texts(offers)
    context = {
        "use": next((text.use for text in texts.values()), ()),
        "dangers": [
            Danger(words.SHAPES[risk], text.label, text.cost) for risk, text in texts.items()
        ],
        "back": list(dict.fromkeys(line for text in texts.values() for line in text.back)),
        "extra": next((text.extra for text in texts.values()), ()),
        "ways": [Choice(way, words.SHAPES[way.risk], words.risk(way.risk)) for way in offers],
    }
    return part.page(request, "lend/offer.html", context, frame=FRAME)


def _texts(offers: Sequence[Way]) -> dict[Risk, Text]:
    """One for each risk: the terms of kinds differ in nothing else."""
    extra, language = giving.rules().extra, giving.language()
    kinds: dict[Risk, Kind] = {way.risk: way.kind for way in offers}
    found = {risk: terms.current(kind, extra).texts[language] for risk, kind in kinds.items()}
    return {risk: found[risk] for risk in Risk if risk in found}


def _knocked(request: HttpRequest, browser: Browser) -> HttpResponse:
    code = request.POST.get("code", "")[:_CODE]
    if not _invited(code):
        return _door(request, wrong=words.refusal(Why.INVITE), status=422)
    response = part.to(request, PAGE)
    browsers.keep(request, response, msgspec.structs.replace(browser, invite=code))
    return response


def _door(request: HttpRequest, *, wrong: str = "", status: int = 200) -> HttpResponse:
    return part.page(request, "lend/invite.html", {"wrong": wrong}, status=status, frame=FRAME)


def _invited(code: str) -> bool:
    return bool(code) and invites.valid(code, settings.POTLUCK_PEPPER, timezone.now())
