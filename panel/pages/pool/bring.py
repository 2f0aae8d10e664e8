"""`/panel/credentials/new`: keys that are pasted, files that are dropped, accounts that log in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from credentials import services, usage
from credentials.intake import FileResult
from credentials.issuers import Issuer
from credentials.issuers import Risk as Danger
from credentials.kinds import Source
from credentials.lending.wording import Risk
from credentials.models import Credential
from panel import audit, cargo, tending
from panel.forms.credentials import PasteForm
from panel.pages import part, steps
from panel.pages.door import admin_required
from panel.pages.lend import ways
from panel.pages.pool import words
from panel.pages.pool.asking import Answer, ask
from panel.tending import ASKED

LOGIN = "/panel/contributions/login"


@dataclass(frozen=True, slots=True)
class Login:
    """An account that can be brought by logging in. `risky`: many vendors' terms forbid it."""

    name: str
    href: str
    risk: str
    risky: bool


@require_safe
@admin_required
def new(request: HttpRequest) -> HttpResponse:
    return _form(request, PasteForm(initial={"weight": 1}))


@require_POST
@sensitive_post_parameters()
@admin_required
def pasted(request: HttpRequest) -> HttpResponse:
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    found = _added(request, form)
    if found.error:
        form.add_error("keys", found.error)
        return _form(request, form, status=422)
    rows = list(Credential.objects.filter(pk__in=found.ids).order_by("pk")[:ASKED])
    # With scripts each line of the page asks for itself.
    live = request.headers.get("HX-Request") == "true"
    answers = {} if live else {each.id: each for each in _tested(request, rows)}
    context = {
        "found": found,
        "asked": [{"row": row, "answer": answers.get(row.pk)} for row in rows],
        "verb": "test",
        "left": len(found.ids) - len(rows),
        "most": ASKED,
        "now": not live,
        "following": steps.following(request),
    }
    response = part.page(request, "credentials/added.html", context, status=201)
    response.headers["HX-Trigger"] = "creds-changed"
    return response


def _added(request: HttpRequest, form: PasteForm) -> FileResult:
    said = form.cleaned_data
    with transaction.atomic():
        (found,) = cargo.take(
            request,
            [("pasted.txt", said["keys"].encode("utf-8", "replace"))],
            provider=said["provider"],
            base_url=said["base_url"],
            source=Source.MANUAL,
        )
        if found.ids:
            _dress(request, form, found.ids)
    return found


def _dress(request: HttpRequest, form: PasteForm, ids: Sequence[int]) -> None:
    """What was said of all of them; labels are numbered."""
    said, after = form.cleaned_data, dict(form.caps)
    if said["weight"]:
        after["weight"] = said["weight"]
    if after:
        services.update(ids, **after)
        audit.note(request, "credential.edit", _named(ids), after=after)
    if said["proxy"]:
        usage.via(tending.vault(), ids, said["proxy"])
    if said["label"]:
        for number, id in enumerate(ids, 1):
            label = said["label"] if len(ids) == 1 else f"{said['label'][:190]} {number}"
            services.update([id], label=label)


def _named(ids: Sequence[int]) -> str:
    return f"credential {ids[0]}" if len(ids) == 1 else f"credentials {ids[0]} to {ids[-1]}"


def _tested(request: HttpRequest, rows: Sequence[Credential]) -> list[Answer]:
    return ask(request, "test", [row.pk for row in rows]) if rows else []


@csrf_exempt  # Checked below, when files have a place to go that is not the disk.
@require_POST
@admin_required
def uploaded(request: HttpRequest) -> HttpResponse:
    request.upload_handlers = [cargo.InMemory(request)]
    return _uploaded(request)


@csrf_protect
def _uploaded(request: HttpRequest) -> HttpResponse:
    files: list[UploadedFile[bytes]] = request.FILES.getlist("files")
    provider = request.POST.get("provider", "").strip()[:64]
    small = [each for each in files if (each.size or 0) <= cargo.LARGEST]
    found = [
        FileResult(each.name or "", error=_("The file is too large: bring it in parts."))
        for each in files
        if each not in small
    ]
    try:
        found += cargo.take(
            request, [(each.name or "", each.read()) for each in small], provider=provider
        )
    except cargo.Unknown as error:
        found += [FileResult(each.name or "", error=str(error)) for each in small]
    context = {"files": found, "added": sum(each.added for each in found)}
    if request.headers.get("HX-Request") == "true":
        return part.page(request, "credentials/files.html", context)
    if not files:
        return _form(request, PasteForm(initial={"weight": 1}), status=422, missing=True)
    return part.page(request, "credentials/brought.html", context, status=201)


def _form(
    request: HttpRequest, form: PasteForm, *, status: int = 200, missing: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "logins": _logins(),
        "largest": cargo.LARGEST,
        "missing": missing,
    }
    return part.page(request, "credentials/new.html", context, status=status)


def _logins() -> list[Login]:
    """Google and the registered providers where the operator has an OAuth client."""
    try:
        resolve(LOGIN)
    except Resolver404:
        return []
    known = tending.issuers()
    titles = {way.service: way.title for way in ways.accounts(known)}
    return [_login(known.named(name), name, title) for name, title in titles.items()]


def _login(issuer: Issuer | None, name: str, title: str) -> Login:
    risky = issuer is None or issuer.risk is Danger.CONSUMER
    risk = words.terms(Risk.ACCOUNT) if risky else _("The provider allows it.")
    return Login(title, f"{LOGIN}?{urlencode({'provider': name})}", risk, risky)
