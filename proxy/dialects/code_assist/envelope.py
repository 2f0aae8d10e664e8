"""What Code Assist writes around a request and an answer of the Gemini API.

    {"model", "project", "user_prompt_id", "enabled_credit_types", "request": {…, "session_id"}}
    {"response": {…}, "traceId", "consumedCredits", "remainingCredits"}

Around a request stands how the call is addressed, counted and paid for in that one service, and
nothing of what is asked: it is kept as `shape`, so other dialects leave it out without a Loss.
Beside an answer stands its id, which others have a place for (`Start.id`), and what the account
paid, which they have not (an `Extra` of this dialect's own).
Fields as gemini-cli (Apache-2.0) sends and reads them; no traffic was ever recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import PLAIN, mine
from proxy.errors import invalid
from proxy.ir import Batch, Dialect, Event, Extra, Opaque, Request, Start

_SHAPE = "envelope"
_TRACE = "traceId"
_SESSION = ("session_id", "sessionId")
"""Fields of `request` that the Gemini API does not have."""

_OWN: Final = Dialect.CODE_ASSIST


def inside(body: JSON) -> JSON:
    """The Gemini API's request. Raises INVALID_REQUEST if there is none."""
    if body.get("request") is None:
        raise invalid("request is missing: it holds the contents", "request")
    said = reading.obj(body["request"], "request")
    return {name: value for name, value in said.items() if name not in _SESSION}


def model(body: JSON) -> str:
    said = body.get("model")
    return "" if said is None else reading.text(said, "model").removeprefix("models/")


def kept(request: Request, body: JSON) -> Request:
    """`request` with what `body`, where it was read, says around it."""
    around = {name: value for name, value in body.items() if name != "request"}
    session = {name: body["request"][name] for name in _SESSION if name in body["request"]}
    own = mine(request.opaque) or PLAIN
    shape = {**own.shape, _SHAPE: {"around": around, "session": session}}
    return replace(request, opaque=replace(own, shape=shape))


def around(inner: JSON, request: Request) -> JSON:
    """The body that asks for `inner`, which is `request` as the Gemini API has it."""
    own = mine(request.opaque) or PLAIN
    before = own.shape.get(_SHAPE)
    if before is None:
        # Clients of the Gemini API may say the model in the body, too.
        rest = {name: value for name, value in inner.items() if name != "model"}
        return {"model": request.model, "request": rest}
    said = {**before["around"]}
    if str(said.get("model", "")).removeprefix("models/") != request.model:
        said["model"] = request.model
    return {**said, "request": {**inner, **before["session"]}}


class Beside:
    """Reads what stands beside `response`, over the events of one answer."""

    def __init__(self) -> None:
        self._trace = ""
        self._begun = False
        self._told: JSON = {}

    def tell(self, fields: Mapping[str, Any], events: Batch) -> Batch:
        """`events` came with these fields. What is new of them is told, and only once."""
        more = dict(fields)
        trace = more.get(_TRACE)
        if isinstance(trace, str) and (not self._begun or trace == self._trace):
            self._trace = trace
            del more[_TRACE]
        first = next((place for place, one in enumerate(events) if type(one) is Start), None)
        if first is not None:
            self._begun = True
            events[first] = _traced(events[first], self._trace)
        if more and more != self._told:
            self._told = more
            events.insert(0 if first is None else first + 1, Extra(Opaque(_OWN, more)))
        return events


def _traced(start: Event, trace: str) -> Event:
    """The official client takes the trace for the answer's id; so do we where it has no other."""
    if not isinstance(start, Start) or not trace:
        return start
    own = mine(start.opaque) or PLAIN
    opaque = replace(own, shape={**own.shape, _TRACE: trace})
    return replace(start, id=start.id or trace, opaque=opaque)


class Around:
    """Writes it again: `sift` the events, then `wrap` what the Gemini API would make of them.

    An answer of another service gets no `traceId`: with one the official client reports what
    became of its answer, and there is nobody to report it to.
    """

    def __init__(self) -> None:
        self._trace: JSON = {}
        self._waiting: JSON = {}

    @property
    def waiting(self) -> bool:
        """Whether something has been taken that no answer has carried yet."""
        return bool(self._waiting)

    def sift(self, events: Iterable[Event]) -> Batch:
        """The events without those that only this dialect has a place for."""
        left: Batch = []
        for event in events:
            if type(event) is Extra and event.opaque.origin is _OWN:
                self._waiting.update(event.opaque.data)
                continue
            if type(event) is Start:
                own = mine(event.opaque) or PLAIN
                trace = own.shape.get(_TRACE)
                self._trace = {_TRACE: trace} if trace else {}
            left.append(event)
        return left

    def wrap(self, body: JSON) -> JSON:
        wrapped = {"response": body, **self._trace, **self._waiting}
        self._waiting = {}
        return wrapped
