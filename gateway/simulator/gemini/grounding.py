"""`groundingMetadata` of a Google search: offsets count UTF-8 bytes (as recorded)."""

from __future__ import annotations

from gateway.simulator.answer import Grounding
from gateway.simulator.reply import JSON


def metadata(grounding: Grounding, text: str) -> JSON:
    return {
        "searchEntryPoint": {"renderedContent": "<style>\n.container {\n}\n</style>\n<div></div>"},
        "groundingChunks": [
            {"web": {"uri": uri, "title": title}} for title, uri in grounding.sources
        ],
        "groundingSupports": [
            {"segment": _segment(piece, text), "groundingChunkIndices": [source]}
            for piece, source in grounding.supports
            if piece in text
        ],
        "webSearchQueries": [grounding.query],
    }


def _segment(piece: str, text: str) -> JSON:
    start = len(text[: text.index(piece)].encode())
    segment: JSON = {"startIndex": start} if start else {}
    return segment | {"endIndex": start + len(piece.encode()), "text": piece}
