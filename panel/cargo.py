"""Files of credentials, in and out: what pages and the API share. Each way is noted.

What people have contributed never goes out: its lenders were promised that nobody is shown it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from credentials import export, intake
from credentials.intake import FileResult
from credentials.kinds import Source
from credentials.models import Credential
from panel import audit, tending

LARGEST = 4 * 2**20 - 2**14
"""Bytes of a file that fits into a body which the gateway's entry lets through to the console."""


class InMemory(MemoryFileUploadHandler):
    """However large: the gateway's entry bounds the body, and secrets need no file of their own."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def take(
    request: HttpRequest,
    files: Iterable[tuple[str, bytes]],
    *,
    provider: str = "",
    base_url: str = "",
    source: Source = Source.IMPORT,
) -> list[FileResult]:
    """Files by name; a ZIP file gives a result for each file in it."""
    found = intake.take(
        tending.vault(),
        tending.issuers(),
        files,
        provider=provider,
        base_url=base_url,
        source=source,
        configured=[each.name for each in settings.POTLUCK.providers],
    )
    for each in found:
        if each.added:
            after = {"added": each.added, "ids": list(each.ids)}
            audit.note(request, "credential.import", each.name, after=after)
    return found


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
    found = StreamingHttpResponse(
        _threaded(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type="application/zip",
    )
    # It is one to everybody but the type checker.
    return _attached(cast(HttpResponse, found), f"credentials-{timezone.now():%Y-%m-%d}.zip")


async def _threaded(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made when the one before has left, in the thread of its request."""
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    """Not to be shown in the browser, and not to be kept by anybody on the way."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
