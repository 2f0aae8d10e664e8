"""Gemini on Vertex AI: the Gemini API's bodies under other paths, for tokens or express keys.

What differs on the wire is as recorded, else as documented.
"""

from __future__ import annotations

import re

from gateway.simulator.faults import Order, Refusal
from gateway.simulator.gemini import errors, models, service
from gateway.simulator.gemini.service import Gemini
from gateway.simulator.reply import JSON, Reply, whole
from gateway.simulator.service import Call, Rejected

PATH = re.compile(
    r"/v1(?:beta1)?/(?:projects/[^/]+/locations/[^/]+/)?publishers/google/models"
    r"(?:/(?P<model>[^/:]+):(?P<method>\w+))?$"
)
_METHODS = frozenset({"generateContent", "streamGenerateContent", "countTokens"})
_COUNTED = frozenset({"contents", "systemInstruction", "tools", "generationConfig"})
_UNAUTHENTICATED = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie "
    "or other valid authentication credential."
)


class Vertex:
    """A path with a project takes a bearer token, one without `x-goog-api-key`."""

    def __init__(self) -> None:
        self._gemini = Gemini()

    def key(self, call: Call) -> str:
        token, key = call.bearer(), call.headers.get("x-goog-api-key", "")
        if call.method == "GET":
            return token or key
        return token if "/projects/" in call.path else key

    def model(self, call: Call) -> str:
        found = PATH.search(call.path)
        return (found["model"] or "") if found else ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        found = PATH.search(call.path)
        method = found["method"] if found else None
        if method is None:
            return _listing(call)
        if call.method != "POST" or method not in _METHODS:
            raise Rejected("Requested entity was not found.", status=404)
        if method == "countTokens":
            return whole(_count(call.json()))
        return self._gemini.answer(call, order)

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        match refusal:
            case Refusal.NO_KEY | Refusal.BAD_KEY:
                return service.failed(call, errors.body(401, _UNAUTHENTICATED))
            case Refusal.NOT_FOUND:
                name = call.path.partition("/v1/")[2].rpartition(":")[0]
                message = f"Publisher Model `{name}` not found."
                return service.failed(call, errors.body(404, message, []))
            case _:
                return self._gemini.refuse(refusal, call)

    def reject(self, problem: Rejected, call: Call) -> Reply:
        return self._gemini.reject(problem, call)

    def interrupt(self) -> bytes:
        return self._gemini.interrupt()


def _count(body: JSON) -> JSON:
    """A prompt as it is: Vertex has no `generateContentRequest`."""
    for name in body:
        if name not in _COUNTED:
            message = f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
            raise Rejected(message, name)
    counted = service.count(body, "")
    return {**counted, "totalBillableCharacters": 4 * counted["totalTokens"]}


def _listing(call: Call) -> Reply:
    if call.method != "GET" or "/v1beta1/" not in call.path:
        raise Rejected("Requested entity was not found.", status=404)
    names = (entry["name"] for entry in models.listing({"pageSize": "1000"})["models"])
    found = [name.replace("models/", "publishers/google/models/") for name in names]
    others = ["publishers/google/models/imagen-4.0-generate-001"]
    return whole({"publisherModels": [{"name": name, "versionId": "1"} for name in found + others]})
