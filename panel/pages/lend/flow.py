"""`/auth/callback` and what is around it: to the provider's consent page, and back."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from credentials.oauth import device, record
from credentials.oauth.device import Shown, Waiting
from credentials.oauth.flow import Begun
from credentials.oauth.states import Grant, Status
from credentials.oauth.troubles import FlowError, Trouble
from panel.pages import layout, part
from panel.pages.door import paced
from panel.pages.lend import browser as browsers
from panel.pages.lend import giving
from panel.pages.lend.browser import Browser
from panel.pages.lend.faults import FAILURES, Failure, fault
from panel.pages.lend.giving import Added, Given

FRAME = "plain.html"
ANSWER = ("state", "code", "error", "iss")
"""What the answer of a consent page may say."""


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
@paced
def returned(request: HttpRequest) -> HttpResponse:
    """The provider has sent the browser back."""
    if request.method == "POST":
        said = {name: request.POST[name] for name in ANSWER if name in request.POST}
        return _arrived(request, f"?{urlencode(said)}")
    return _arrived(request, request.get_full_path())


@never_cache
@require_http_methods(["POST"])
@sensitive_post_parameters()
@sensitive_variables()
@paced
def pasted(request: HttpRequest) -> HttpResponse:
    """Where the browser ended, copied by hand."""
    return _arrived(request, request.POST.get("url", ""))


@never_cache
@require_http_methods(["GET"])
@sensitive_variables()
def looked(request: HttpRequest, id: str) -> HttpResponse:
    """What became of a flow. One with a code asks the provider, no faster than it allows."""
    browser = browsers.load(request)
    view = record.view(browser.session, id, timezone.now())
    if view is None:
        return failed(request, FlowError(Trouble.STRANGER))
    if view.status is not Status.PENDING or view.grant is not Grant.DEVICE:
        return part.page(request, "lend/status.html", {"view": view}, frame=FRAME)
    try:
        found = giving.poll(request, browser, id)
        if not isinstance(found, Waiting):
            return ended(request, browser, found)
        shown = device.shown(giving.desk(), browser.session, id)
    except FAILURES as error:
        return failed(request, error)
    if shown is None:
        return failed(request, FlowError(Trouble.EXPIRED))
    return _coded(request, view.provider, shown, found.after)


def leaving(request: HttpRequest, title: str, found: Begun | Shown) -> HttpResponse:
    """A page that goes on to the provider by itself. A redirect would not do: by the policy of our
    pages a form leads to this site and nowhere else."""
    if isinstance(found, Shown):
        return _coded(request, title, found, found.interval)
    context = {"title": title, "begun": found, "host": urlsplit(found.url).hostname}
    return part.page(request, "lend/leaving.html", context, frame=FRAME)


def ended(request: HttpRequest, browser: Browser, found: Given | Added) -> HttpResponse:
    """To the receipt. The administrator, whose cookie does not come along from another site, gets
    a page to go on from."""
    if isinstance(found, Added):
        context = {"added": found, "credentials": layout.address("credentials") or "/panel"}
        response = part.page(request, "lend/added.html", context, frame=FRAME)
    else:
        response = part.to(request, f"{found.path}?new=1")
    # Name, contact and invite have done their work.
    browsers.keep(request, response, Browser(browser.session))
    return response


def failed(request: HttpRequest, error: Failure) -> HttpResponse:
    found = fault(error)
    context = {"fault": found}
    return part.page(request, "lend/trouble.html", context, status=found.status, frame=FRAME)


def _arrived(request: HttpRequest, address: str) -> HttpResponse:
    browser = browsers.load(request)
    try:
        return ended(request, browser, giving.arrive(request, browser, address))
    except FAILURES as error:
        return failed(request, error)


def _coded(request: HttpRequest, title: str, shown: Shown, after: int) -> HttpResponse:
    context = {
        "title": title,
        "shown": shown,
        "after": after,
        "host": urlsplit(shown.verification_uri).hostname,
    }
    return part.page(request, "lend/device.html", context, frame=FRAME)
