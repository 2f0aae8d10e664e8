"""A request that should be refused, and how to judge the refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from tests.acceptance.line import Head, Line
from tests.acceptance.tongue import Complaint, Tongue
from tests.support.gateway import Gateway, Key

# The client speaks the other dialect than the upstream, so that the body must be understood.
MODELS = {"openai": "gemini-2.5-flash", "gemini": "sim-chat"}


class Answer(NamedTuple):
    head: Head
    body: bytes


def path_of(tongue: Tongue) -> str:
    return tongue.ask(MODELS[tongue.name]).path


async def send(
    gateway: Gateway,
    key: Key,
    path: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
) -> Answer:
    every = {"authorization": f"Bearer {key.secret}", "content-type": "application/json"}
    async with Line.open(gateway.port) as line:
        await line.ask(method, path, headers={**every, **(headers or {})}, body=body)
        return Answer(await line.head(), await line.rest())


def refused(answer: Answer, tongue: Tongue, status: int) -> Complaint:
    """The error in the caller's dialect; it tells something, but not the server's insides."""
    assert answer.head.status == status, answer.body[:500]
    found = tongue.complaint(json.loads(answer.body))
    assert found.status in (0, status)
    assert len(found.message) > 10
    assert not any(word in answer.body for word in (b"Traceback", b".py", b'File "', b"Error:"))
    return found
