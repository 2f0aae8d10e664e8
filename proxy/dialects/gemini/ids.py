"""Tool-call ids: Gemini often has none, and every other dialect needs them on both sides.

A minted id is `call_` and eight hex characters of a digest over the answer's id (or "" in a
request), the call's number in it, its name and its arguments: the same input gives the same ids.
"""

from __future__ import annotations

from collections import deque
from hashlib import blake2s


def minted(*facts: object) -> str:
    digest = blake2s("\0".join(map(str, facts)).encode("utf-8", "replace"), digest_size=4)
    return "call_" + digest.hexdigest()


class _Call:
    __slots__ = ("id", "number", "waits")

    def __init__(self, call_id: str, number: int) -> None:
        self.id = call_id
        self.number = number
        self.waits = True


class Ids:
    """The calls of one conversation or answer, and which of them still wait for a result.

    No call and no result is looked at twice for another's sake: both come by the thousand.
    """

    def __init__(self, seed: str = "") -> None:
        self.clashes = 0
        self._seed = seed
        self._number = 0
        self._known: dict[str, list[_Call]] = {}
        self._waiting: dict[tuple[str, bool], deque[_Call]] = {}

    def call(self, given: str, name: str, arguments: str) -> str:
        """The id of a call: `given`, unless it is ""."""
        chosen = given or self._new(name, arguments)
        call = _Call(chosen, self._number)
        self._number += 1
        self._known.setdefault(chosen, []).append(call)
        self._waiting.setdefault((name, not given), deque()).append(call)
        return chosen

    def result(self, given: str, name: str) -> str:
        """The id of the call that this result answers: by id, else the first of its name."""
        if given and given in self._known:
            for known in self._known[given]:
                known.waits = False
            self._known[given] = []
            return given
        # A client that made up an id for a call which had none still knows its name.
        kinds = (True,) if given else (True, False)
        first = [call for ours in kinds if (call := self._first(name, ours)) is not None]
        if first:
            answered = min(first, key=lambda call: call.number)
            answered.waits = False
            return answered.id
        return given or minted(self._seed, "result", len(self._known), name)

    def _new(self, name: str, arguments: str) -> str:
        chosen = minted(self._seed, self._number, name, arguments)
        while chosen in self._known:
            # Each clash changes the next: a client cannot prepare ids that clash again and again.
            self.clashes += 1
            chosen = minted(chosen, self.clashes)
        return chosen

    def _first(self, name: str, ours: bool) -> _Call | None:
        waiting = self._waiting.get((name, ours))
        while waiting and not waiting[0].waits:
            waiting.popleft()
        return waiting[0] if waiting else None
