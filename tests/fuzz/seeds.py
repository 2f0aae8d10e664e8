"""Where a run begins: recorded traffic where it is, the project's own corpus everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.support.wire import FOLDER

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
SYNTHETIC = HERE.parent / "corpus"

LONGEST = 20_000
"""Longer inputs are slow, and say nothing that shorter ones do not."""

_DIALECTS = {
    "gemini": "gemini",
    "anthropic": "anthropic",
    "openai-chat": "openai_chat",
    "openai-responses": "openai_responses",
    "openai-compatible": "openai_chat",
}
_PLAIN = (
    b'data: {"a":1}\r\n\r\nevent: x\ndata: 1\ndata: 2\n\n: note\n\ndata:3\rdata: [DONE]\n\nstray\n',
    b'{"model":"m","stream":true,"input":["a","b"],"dimensions":3}',
    b'{"data":[{"index":0,"embedding":[1.5,2]},{"index":1,"embedding":"AAAAAA=="}],"usage":{}}',
    b'{"embeddings":[{"values":[1,2]},{"values":[3,4]}]}',
    b'{"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":"X"}]}',
)


def kept() -> Iterator[tuple[str, bytes]]:
    """(target, input) of every interesting input in the repository."""
    for path in sorted(CORPUS.glob("*/*")):
        yield path.parent.name, path.read_bytes()


def synthetic() -> Iterator[tuple[str, bytes]]:
    """What the project itself holds."""
    yield from kept()
    for name in TARGETS:
        yield from ((name, plain) for plain in _PLAIN)
    for path in sorted(SYNTHETIC.glob("*/*")):
        data = path.read_bytes()
        for name in TARGETS:
            if name.startswith(f"{path.parent.name}."):
                yield name, data


def seeds() -> Iterator[tuple[str, bytes]]:
    yield from synthetic()
    yield from ((name, data) for name, data in _recorded() if len(data) <= LONGEST)


def _recorded() -> Iterator[tuple[str, bytes]]:
    for path in sorted(FOLDER.glob("*.json")):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        dialect = _DIALECTS.get(exchange["provider"].split(":")[0])
        if dialect is None:
            continue
        asked, response = exchange["request"].get("body"), exchange["response"]
        if isinstance(asked, dict):
            for kind in ("request", "head", "count", "embed"):
                if (name := f"{dialect}.{kind}") in TARGETS:
                    yield name, json.dumps(asked).encode()
        if "sse" in response:
            for name in ("sse", f"{dialect}.stream", f"{dialect}.listener"):
                yield name, response["sse"].encode()
        elif isinstance(response.get("body"), dict | list):
            data = json.dumps(response["body"]).encode()
            yield from ((f"{dialect}.{kind}", data) for kind in ("answer", "stream", "listener"))
            yield "body", data
