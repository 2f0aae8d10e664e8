"""`/auth…` for programs; a browser that asks for a page gets the page of the same address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.lending import terms
from credentials.oauth import record
from credentials.oauth.device import Shown, Waiting
from credentials.oauth.flow import Begun
from credentials.oauth.states import Grant, Status
from credentials.oauth.troubles import FlowError, Trouble
from keys import listing
from panel.api.base import OpenView, PublicView, View
from panel.api.errors import answer
from panel.api.shapes import lend as shapes
from panel.pages.lend import browser as browsers
from panel.pages.lend import flow, giving, offer
from panel.pages.lend.browser import Browser
from panel.pages.lend.faults import FAILURES, fault
from panel.pages.lend.giving import Added, Given, Said
from panel.pages.lend.ways import Way

Page = Callable[..., HttpResponseBase]


def either(api: Page, page: Page) -> Page:
    """The one place that decides who answers: JSON for whoever sends or accepts nothing else."""
    guarded = csrf_protect(page)

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (api if _programs(request) else guarded)(request, *args, **kwargs)

    # What describes the API finds its view here.
    vars(view).update({name: getattr(api, name) for name in ("cls", "initkwargs")})
    # Only pages have forms: JSON is not sent by another site's page without being allowed to.
    return csrf_exempt(view)


def _programs(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return (
        request.content_type == "application/json"
        or ("application/json" in accept and "text/html" not in accept)
        or request.method == "OPTIONS"
    )


class _Failed(APIException):
    def __init__(self, status: int, text: str, code: str) -> None:
        super().__init__(text, code)
        self.status_code = status


def _answer(error: Exception, context: Mapping[str, Any]) -> Response:
    if isinstance(error, FAILURES):
        found = fault(error)
        error = _Failed(found.status, found.text, found.code)
    return answer(error, context)


class _Lending(View):
    def get_exception_handler(self) -> Callable[..., Response]:
        return _answer


class OffersView(_Lending, OpenView):
    @extend_schema(responses=shapes.LendOffers, summary="What may be lent", tags=["lending"])
    def get(self, request: Request) -> Response:
        """And on which terms, in the language of `Accept-Language`."""
        ways = [_way(way) for way in giving.offers()]
        return Response(shapes.LendOffers({"open": giving.rules().open, "ways": ways}).data)


class StartView(_Lending, PublicView):
    @extend_schema(
        request=shapes.LendStart,
        responses={201: shapes.LendState},
        summary="Lend",
        tags=["lending"],
    )
    def post(self, request: Request) -> Response:
        """A key is stored and tested at once. An account begins at its provider: the answer says
        where, and its cookie is needed for what follows."""
        given = self.said(shapes.LendStart)
        way = offer.chosen(f"{given['method']}:{given['provider']}")
        if way is None:
            raise ValidationError({"provider": ["This is not lent here in this way."]})
        said = _said(way, given)
        browser = browsers.load(request._request)
        if not way.flows:
            return _ended(request, browser, giving.lend(request._request, said, given["secret"]))
        browser = msgspec.structs.replace(
            browser, name=said.name, contact=said.contact, invite=said.invite
        )
        found = giving.depart(request._request, browser, said)
        response = Response(shapes.LendState(_begun(found)).data, status=201)
        browsers.keep(request._request, response, browser)
        return response


class CallbackView(_Lending, PublicView):
    @extend_schema(responses={201: shapes.LendState}, summary="Come back", tags=["lending"])
    def get(self, request: Request) -> Response:
        """What the provider sends the browser to."""
        return _arrived(request, request._request.get_full_path())

    @extend_schema(
        request=shapes.LendAnswer,
        responses={201: shapes.LendState},
        summary="Come back",
        tags=["lending"],
    )
    def post(self, request: Request) -> Response:
        """The same, with what the address held."""
        return _arrived(request, f"?{urlencode(self.said(shapes.LendAnswer))}")


class AddressView(_Lending, PublicView):
    @extend_schema(
        request=shapes.LendAddress,
        responses={201: shapes.LendState},
        summary="Come back by hand",
        tags=["lending"],
    )
    def post(self, request: Request) -> Response:
        """The same, when the browser ended where nobody listens."""
        return _arrived(request, self.said(shapes.LendAddress)["url"])


class StatusView(_Lending, OpenView):
    @extend_schema(responses=shapes.LendState, summary="What became of it", tags=["lending"])
    def get(self, request: Request, id: str) -> Response:
        """For the browser that began it. With a code at its provider this asks, no faster than the
        provider allows."""
        browser = browsers.load(request._request)
        view = record.view(browser.session, id, timezone.now())
        if view is None:
            raise FlowError(Trouble.STRANGER)
        if view.status is not Status.PENDING or view.grant is not Grant.DEVICE:
            found = {"id": id, "status": view.status, "error": view.error}
            return Response(shapes.LendState(found | {"expires_at": view.expires_at}).data)
        polled = giving.poll(request._request, browser, id)
        if isinstance(polled, Waiting):
            waiting = {"id": id, "status": Status.PENDING, "after": polled.after}
            return Response(shapes.LendState(waiting).data)
        return _ended(request, browser, polled, id)


def _said(way: Way, given: Mapping[str, Any]) -> Said:
    """Raises ValidationError."""
    key = (
        listing.find(given["reward_key"], settings.POTLUCK_PEPPER) if given["reward_key"] else None
    )
    if given["reward_key"] and key is None:
        raise ValidationError({"reward_key": ["This gateway does not know that key."]})
    return Said(
        way=way,
        terms=given["terms"],
        language=given.get("language") or giving.language(),
        name=given["name"],
        contact=given["contact"],
        day_cap=given["day_cap"],
        invite=given["invite"],
        reward_key_id=key.pk if key else None,
    )


def _arrived(request: Request, address: str) -> Response:
    browser = browsers.load(request._request)
    return _ended(request, browser, giving.arrive(request._request, browser, address))


def _ended(request: Request, browser: Browser, found: Given | Added, id: str = "") -> Response:
    state: dict[str, Any] = {"id": id or None, "status": Status.DONE}
    if isinstance(found, Given):
        row = found.contribution
        state |= {"receipt": found.path, "state": row.state, "error": row.reason}
    response = Response(shapes.LendState(state).data, status=201)
    browsers.keep(request._request, response, Browser(browser.session))
    return response


def _begun(found: Begun | Shown) -> dict[str, Any]:
    state = {"id": found.id, "status": Status.PENDING, "expires_at": found.expires_at}
    if isinstance(found, Begun):
        return state | {"url": found.url, "paste": found.paste}
    return state | {
        "user_code": found.user_code,
        "verification_uri": found.verification_uri,
        "verification_uri_complete": found.complete,
        "after": found.interval,
    }


def _way(way: Way) -> dict[str, Any]:
    current = terms.current(way.kind, giving.rules().extra)
    text = msgspec.structs.asdict(current.texts[giving.language()])
    return {
        "provider": way.service,
        "method": way.method,
        "kind": way.kind,
        "risk": way.risk,
        "terms": text | {"version": current.version},
    }


offers = either(OffersView.as_view(), offer.shown)
start = either(StartView.as_view(), offer.started)
callback = either(CallbackView.as_view(), flow.returned)
callback_url = either(AddressView.as_view(), flow.pasted)
status = either(StatusView.as_view(), flow.looked)
