"""A long answer, sent while it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse


def attached(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, name: str
) -> HttpResponse:
    """A file to save, called `name`, which nobody on the way keeps."""
    response = StreamingHttpResponse(
        _threaded(pieces) if isinstance(request, ASGIRequest) else pieces,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
    return cast(HttpResponse, response)


async def _threaded(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made when the one before has left, in the thread of its request."""
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece
