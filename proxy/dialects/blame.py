"""Which part of a request an error is about, so that it can be named as its caller spelt it.

A renderer knows the place in the conversation only, and a conversation is not counted as a body
is: `proxy/whereabouts.py` looks the part up in the body.
"""

from __future__ import annotations

from types import TracebackType

from proxy.errors import GatewayError
from proxy.ir import Media


class Blame:
    """`with Blame(media):` what is raised inside is about this file or picture."""

    __slots__ = ("_media",)

    def __init__(self, media: Media) -> None:
        self._media = media

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, GatewayError) and error.about is None:
            error.about = self._media
