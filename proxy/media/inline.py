"""Puts the files that a request names by URL into the request itself."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from proxy.errors import GatewayError, invalid
from proxy.ir import Media, Part, Request, ToolResult
from proxy.media import google
from proxy.media.fetch import Fetched

Fetch = Callable[[str], Awaitable[Fetched]]
Keep = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request may ask for: different URLs, bytes of all files together, and how many
    are fetched at the same time."""

    files: int = 16
    size: int = 32 * 2**20
    at_once: int = 4


async def inlined(
    request: Request, fetch: Fetch, allowance: Allowance = Allowance(), *, keep: Keep = google.reads
) -> Request:
    """The request with the data of every http(s) URL, except of those to `keep` (which the
    upstream reads itself). Each URL is fetched once.

    Raises GatewayError, with the place of the URL as `param`; nothing is left open then.
    """
    places = _places(request, keep)
    if not places:
        return request
    if len(places) > allowance.files:
        raise invalid(f"A request may name at most {allowance.files} files by URL.")
    found = await _Errand(fetch, allowance).run(places)
    turns = tuple(
        replace(turn, parts=parts) if (parts := _filled(turn.parts, found)) else turn
        for turn in request.turns
    )
    return replace(request, turns=turns)


def _places(request: Request, keep: Keep) -> dict[str, str]:
    """URL → where it stands first."""
    places: dict[str, str] = {}
    for number, turn in enumerate(request.turns):
        for url, where in _urls(turn.parts, f"turns[{number}]"):
            if not keep(url):
                places.setdefault(url, where)
    return places


def _urls(parts: Sequence[Part], where: str) -> Iterator[tuple[str, str]]:
    for number, part in enumerate(parts):
        place = f"{where}.parts[{number}]"
        if type(part) is Media and part.url[:8].lower().startswith(("http://", "https://")):
            yield part.url, place
        elif type(part) is ToolResult:
            yield from _urls(part.parts, place)


class _Errand:
    """The fetching for one request: some at a time, all or nothing."""

    def __init__(self, fetch: Fetch, allowance: Allowance) -> None:
        self._fetch = fetch
        self._allowance = allowance
        self._turns = asyncio.Semaphore(allowance.at_once)
        self._size = 0
        self._found: dict[str, Media] = {}

    async def run(self, places: Mapping[str, str]) -> Mapping[str, Media]:
        try:
            async with asyncio.TaskGroup() as group:
                for url, where in places.items():
                    group.create_task(self._bring(url, where))
        except BaseExceptionGroup as errors:
            # Every file that fails has cancelled the others: the first one's reason is told.
            raise errors.exceptions[0] from None
        return self._found

    async def _bring(self, url: str, where: str) -> None:
        async with self._turns:
            try:
                mime, data = await self._fetch(url)
            except GatewayError as error:
                message = f"{where}: {error.message}"
                about = Media("", url=url)
                raise GatewayError(error.kind, message, param=where, about=about) from error
        self._size += len(data)
        if self._size > self._allowance.size:
            size = self._allowance.size // 2**20
            raise invalid(f"The files that a request names by URL may have {size} MiB in all.")
        self._found[url] = Media(mime, base64.b64encode(data).decode("ascii"))


def _filled(parts: tuple[Part, ...], found: Mapping[str, Media]) -> tuple[Part, ...] | None:
    """The parts with their data; None when there is none to fill in."""
    changed = [_full(part, found) for part in parts]
    return None if all(a is b for a, b in zip(changed, parts, strict=True)) else tuple(changed)


def _full(part: Part, found: Mapping[str, Media]) -> Part:
    if type(part) is Media and (file := found.get(part.url)) is not None:
        return replace(part, mime_type=file.mime_type, data=file.data, url="")
    if type(part) is ToolResult and (inner := _filled(part.parts, found)):
        return replace(part, parts=inner)
    return part
