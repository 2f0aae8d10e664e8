"""Tool-call ids: Gemini often has none, and every other dialect needs them on both sides.

A minted id is `call_` and eight hex characters of a digest over the answer's id (or "" in a
request), the call's number in it, its name and its arguments: the same input gives the same ids.
"""

from __future__ import annotations

from hashlib import blake2s


def minted(*facts: object) -> str:
    digest = blake2s("\0".join(map(str, facts)).encode("utf-8", "replace"), digest_size=4)
    return "call_" + digest.hexdigest()


class Ids:
    """The calls of one conversation or answer, and which of them still wait for a result."""

    def __init__(self, seed: str = "") -> None:
        self._seed = seed
        self._known: set[str] = set()
        self._waiting: list[tuple[str, str, bool]] = []

    def call(self, given: str, name: str, arguments: str) -> str:
        """The id of a call: `given`, unless it is "" or already another call's."""
        count, chosen = len(self._known), given
        while not chosen or (not given and chosen in self._known):
            chosen = minted(self._seed, count, name, arguments)
            count += 1
        self._known.add(chosen)
        self._waiting.append((chosen, name, not given))
        return chosen

    def result(self, given: str, name: str) -> str:
        """The id of the call that this result answers: by id, else the first of its name."""
        if given and given in self._known:
            self._waiting = [call for call in self._waiting if call[0] != given]
            return given
        for place, (call, called, ours) in enumerate(self._waiting):
            # A client that made up an id for a call which had none still knows its name.
            if called == name and (ours or not given):
                del self._waiting[place]
                return call
        return given or minted(self._seed, "result", len(self._known), name)
