"""`groundingMetadata` → citations. Its offsets count UTF-8 bytes of the visible text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import GEMINI
from proxy.ir import Citation, Cite, Opaque

_Span = tuple[int | None, int | None]


def cite(metadata: JSON, text: str, choice: int) -> Cite:
    """`text` is the candidate's whole visible text. Offsets that do not fit it are left out."""
    chunks = [_source(chunk) for chunk in _list(metadata.get("groundingChunks"))]
    supports = [one for one in _list(metadata.get("groundingSupports")) if isinstance(one, dict)]
    used: set[int] = set()
    citations = []
    for (start, end), support in zip(_spans(supports, text), supports, strict=True):
        for number in _numbers(support, len(chunks)):
            used.add(number)
            url, title = chunks[number]
            citations.append(Citation(url, title, start, end))
    for number, (url, title) in enumerate(chunks):
        if number not in used and (url or title):
            citations.append(Citation(url, title))
    opaque = Opaque(GEMINI, data={"groundingMetadata": metadata})
    return Cite(tuple(citations), choice, opaque)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _numbers(support: Mapping[str, Any], count: int) -> list[int]:
    listed = _list(support.get("groundingChunkIndices"))
    return [one for one in listed if type(one) is int and 0 <= one < count]


def _source(chunk: Any) -> tuple[str, str]:
    """URI and title of whatever kind of source this is (web, retrievedContext, maps, …)."""
    for kind in chunk.values() if isinstance(chunk, dict) else ():
        if isinstance(kind, dict):
            url, title = kind.get("uri"), kind.get("title")
            return url if isinstance(url, str) else "", title if isinstance(title, str) else ""
    return "", ""


def _spans(supports: list[JSON], text: str) -> Iterator[_Span]:
    segments = [_segment(one) for one in supports]
    ends = [(_offset(one.get("startIndex", 0)), _offset(one.get("endIndex"))) for one in segments]
    characters = _characters(text, {at for pair in ends for at in pair if at is not None})
    for segment, (first, last) in zip(segments, ends, strict=True):
        start, end = characters.get(first), characters.get(last)
        said = segment.get("text")
        fits = start is not None and end is not None and start <= end
        if start is not None and end is not None and isinstance(said, str):
            # No slice: many supports of a long text would copy it again and again.
            fits = len(said) == end - start and text.startswith(said, start)
        yield (start, end) if fits else (None, None)


def _segment(support: JSON) -> JSON:
    segment = support.get("segment")
    return segment if isinstance(segment, dict) else {}


def _offset(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _characters(text: str, offsets: Iterable[int]) -> dict[int | None, int]:
    """Byte offset → character offset, of those that fall between two characters of the text."""
    data = text.encode("utf-8", "surrogatepass")
    found: dict[int | None, int] = {}
    byte = character = 0
    for offset in sorted(offsets):
        if offset > len(data):
            break
        try:
            character += len(data[byte:offset].decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            continue
        byte = offset
        found[offset] = character
    return found
