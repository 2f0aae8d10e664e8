"""Where something stands in a caller's own body, for errors that know the conversation only."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any

from proxy import bodies
from proxy.dialects.reading import place
from proxy.errors import GatewayError
from proxy.ir import Media


class Spelt:
    """`with Spelt(body):` an error inside that is about a file or a picture names its place, in
    `param` and in its words, as the caller wrote it: `messages[0].content[1]`."""

    __slots__ = ("_body",)

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, GatewayError) and isinstance(error.about, Media):
            _name(error, error.about, self._body)


def _name(error: GatewayError, media: Media, body: bytes) -> None:
    inner, path = error.param or "", located(bodies.parse(body), media)
    if inner and path:
        error.message = error.message.replace(inner, path)
        error.param = path


def located(body: Any, media: Media) -> str:
    """The path of the block that holds it, "" if it is not there. Of several that hold the same
    the first: what is wrong with one is wrong with all."""
    end = f",{media.data}"
    for path, text in _strings(body):
        if media.url == text if media.url else media.data == text or text.endswith(end):
            # The block is an item of a list; what follows is how it holds the data.
            head, bracket, _ = path.rpartition("]")
            return head + bracket or path
    return ""


def _strings(body: Any) -> Iterator[tuple[str, str]]:
    """Every string of a JSON value with its path, in order."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            waiting += [(place(path, key), each) for key, each in reversed(value.items())]
        elif isinstance(value, list):
            numbered = [(place(path, number), each) for number, each in enumerate(value)]
            waiting += reversed(numbered)
