"""Files of credentials, in and out: what pages and the API share. Each way is noted.

What people have contributed never goes out: its lenders were promised that nobody is shown it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from credentials import export, intake
from credentials.importers import values
from credentials.intake import FileResult
from credentials.kinds import Source
from credentials.models import Credential
from panel import audit, flow, tending, threshold

LARGEST = threshold.CARGO - 2**14
"""Bytes of a file that fits into a body which the gateway's entry lets through to the console."""


class InMemory(MemoryFileUploadHandler):
    """However large: the gateway's entry bounds the body, and secrets need no file of their own."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


class Unknown(ValueError):
    """No provider has this name. `known` have theirs."""

    def __init__(self, known: Collection[str]) -> None:
        super().__init__(known)
        self.known = sorted(known)

    def __str__(self) -> str:
        return gettext("There is no such provider. Known are: %(names)s.") % {
            "names": ", ".join(self.known)
        }


def take(
    request: HttpRequest,
    files: Iterable[tuple[str, bytes]],
    *,
    provider: str = "",
    base_url: str = "",
    source: Source = Source.IMPORT,
) -> list[FileResult]:
    """Files by name; a ZIP file gives a result for each file in it. `base_url` is where a
    provider is that is yet to be configured. Raises Unknown."""
    _recognise(provider.strip().lower(), base_url.strip())
    found = intake.take(
        tending.vault(),
        tending.issuers(),
        files,
        provider=provider,
        base_url=base_url,
        source=source,
        configured=_configured(),
    )
    for each in found:
        noted(request, each)
    return found


def noted(request: HttpRequest | None, found: FileResult) -> None:
    """`request` None: a command brought the file."""
    if found.added:
        after = {"added": found.added, "ids": list(found.ids)}
        audit.note(request, "credential.import", found.name, after=after)


def _recognise(provider: str, base_url: str) -> None:
    known = {*values.POOLS, *_configured()}
    if provider and provider not in known and not base_url:
        raise Unknown(known)


def _configured() -> list[str]:
    return [each.name for each in settings.POTLUCK.providers]


def one(request: HttpRequest, id: int) -> HttpResponse:
    """With its secret in clear. Raises what `export.one` raises."""
    name, content = export.one(tending.vault(), id)
    audit.note(request, "credential.export", f"credential {id}")
    return _attached(HttpResponse(content, content_type="application/json"), name)


def several(request: HttpRequest, ids: Collection[int] | None = None) -> HttpResponse:
    """A ZIP file of these, or of all."""
    living = Credential.objects.filter(deleted_at=None)
    if ids is not None:
        living = living.filter(pk__in=list(ids))
    own = list(living.exclude(source=Source.CONTRIBUTED).values_list("pk", flat=True))
    after: dict[str, Any] = {"count": len(own), "left_out": living.count() - len(own)}
    if ids is not None:
        after["ids"] = own
    target = "all credentials" if ids is None else "some credentials"
    audit.note(request, "credential.export", target, after=after)
    pieces = export.all(tending.vault(), own)
    name = f"credentials-{timezone.now():%Y-%m-%d}.zip"
    return flow.attached(request, pieces, "application/zip", name)


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    """Not to be shown in the browser, and not to be kept by anybody on the way."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
