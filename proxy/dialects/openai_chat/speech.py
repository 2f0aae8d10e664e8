"""What a candidate says beside its calls: texts, thoughts, refusals, and parts that come whole.

One part is open at a time. What is said while a call is in the middle of its arguments waits for
its end, as few dialects can say two things at once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from proxy.ir import (
    Batch,
    Close,
    Delta,
    Foreign,
    Media,
    Open,
    Refusal,
    Signature,
    Text,
    Thinking,
)

Spoken = type[Text] | type[Thinking] | type[Refusal]


class Speech:
    """`numbers` gives the answer's part indices; `settle` closes the calls that are complete, and
    tells whether all are."""

    def __init__(self, choice: int, numbers: count[int], settle: Callable[[Batch], bool]) -> None:
        self.refused = False
        self.proof: Signature | None = None
        """The proof of the thought that is open, or comes next."""
        self._choice = choice
        self._numbers = numbers
        self._settle = settle
        self._kind: Spoken | None = None
        self._open = 0
        self._signature: Signature | None = None
        self._behind: list[Text | Thinking | Refusal | Media | Foreign] = []

    def say(self, kind: Spoken, text: str, out: Batch) -> None:
        if self._kind is kind:
            out.append(Delta(self._open, text))
            return
        self.refused = self.refused or kind is Refusal
        if self._free(out):
            self._begin(kind, text, out)
        else:
            self._behind.append(kind(text))

    def show(self, part: Media | Foreign, out: Batch) -> None:
        """A part that comes whole."""
        if self._free(out):
            index = next(self._numbers)
            out += [Open(index, part, self._choice), Close(index)]
        else:
            self._behind.append(part)

    def seal(self, signature: Signature, out: Batch) -> None:
        """The signature goes out with the end of the text, an empty one if none is open."""
        if self._kind is not Text:
            if not self._free(out):
                self._behind.append(Text("", signature))
                return
            self._begin(Text, "", out)
        self._signature = signature

    def sign(self, signature: Signature) -> bool:
        """Gives the signature to the text or thought that is open; False if it cannot."""
        if self._kind is Text and self._signature is None:
            self._signature = signature
        elif self._kind is Thinking and self.proof is None:
            self.proof = signature
        else:
            return False
        return True

    def hush(self, out: Batch) -> None:
        """Closes the text, thought or refusal that is open."""
        signature = None
        if self._kind is None:
            return
        if self._kind is Thinking:
            signature, self.proof = self.proof, None
        elif self._kind is Text:
            signature, self._signature = self._signature, None
        self._kind = None
        out.append(Close(self._open, signature))

    def catch_up(self, out: Batch) -> None:
        """Says what had to wait, as far as it can be said now."""
        if not self._behind:
            return
        behind, self._behind = self._behind, []
        for part in behind:
            if isinstance(part, Media | Foreign):
                self.show(part, out)
            elif isinstance(part, Text) and part.signature is not None:
                self.seal(part.signature, out)
            else:
                self.say(type(part), part.text, out)

    def _free(self, out: Batch) -> bool:
        """Whether another part can begin now."""
        self.hush(out)
        return self._settle(out)

    def _begin(self, kind: Spoken, text: str, out: Batch) -> None:
        self._kind, self._open = kind, next(self._numbers)
        out.append(Open(self._open, kind(text), self._choice))
