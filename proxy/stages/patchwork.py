"""One answer out of several attempts, event by event. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from proxy.ir import (
    Batch,
    Cite,
    Close,
    Delta,
    Event,
    Finish,
    FinishReason,
    Logprobs,
    Open,
    Part,
    Start,
    Text,
    Thinking,
    Usage,
)
from proxy.stages.continuation import Said, added, both, shifted, special
from proxy.stages.seam import Seam


class Patchwork:
    """`take` the events of an attempt; if it was `cut`, begin the next one with `again`.

    The first attempt's events pass as they are, but for the end of its last text, which waits
    until it is known whether the text goes on. Later attempts get part indices of their own.
    """

    def __init__(self, attempts: int) -> None:
        self.first = True
        self.cut = False
        """The attempt was cut, and another one may be asked."""
        self._left = attempts
        self._said: list[Said] = []
        self._texts: dict[int, Said] = {}
        """Open texts and thoughts by the attempt's own index."""
        self._queue: Batch = []
        """What must not be told yet: the end of a text and what follows it, or what came while
        the seam holds text back."""
        self._owed: tuple[Said, Close] | None = None
        self._finish: Finish | None = None
        self._done = False
        self._fixed = False
        self._began = False
        self._base = self._next = 0
        self._reach = self._from = self._shift = self._skip = 0
        self._seam: Seam | None = None
        self._spent: Usage | None = None
        self._total: Usage | None = None

    @property
    def added(self) -> bool:
        """Whether this attempt said anything but thoughts."""
        return self._began or self._reach > self._from

    def take(self, events: Iterable[Event]) -> Batch:
        out: Batch = []
        for event in events:
            if type(event) is Delta:
                self._more(event, out)
            else:
                self._take(event, out)
        if self._queue:
            # What it cost so far is known at once, in case the client leaves.
            out += [event for event in self._queue if type(event) is Usage]
            self._queue = [event for event in self._queue if type(event) is not Usage]
        return out

    def again(self) -> Sequence[Said]:
        """Begins the next attempt. What the client has been told, for the model."""
        self.first = self.cut = False
        self._left -= 1
        self._texts = {}
        self._began = False
        self._base = self._next
        self._from = self._shift = self._reach
        self._skip = 0
        self._seam = Seam(self._text())
        self._spent = self._total
        return self._said

    def end(self, *, broken: bool) -> Batch:
        """No more attempts. The answer stays as cut as it was if the last one did not end, unless
        it `broken` off after it had said something: then there is no finish."""
        out: Batch = []
        self._meet(out)
        self._release(out)
        if self._done or self._finish is None or (broken and self.added):
            return out
        owed = self._owed[0] if self._owed is not None else None
        out += [Close(said.index) for said in self._texts.values() if said is not owed]
        self._settle(out)
        out.append(self._finish)
        return out

    def _take(self, event: Event, out: Batch) -> None:
        match event:
            case Open():
                self._open(event, out)
            case Close():
                self._close(event, out)
            case Usage():
                self._total = event if self._spent is None else added(self._spent, event)
                self._tell(self._total, out)
            case Finish():
                self._end(event, out)
            case Start() if not self.first:
                pass
            case Cite():
                self._meet(out)
                self._tell(shifted(event, self._shift), out)
            case _:
                self._tell(event, out)

    def _more(self, event: Delta, out: Batch) -> None:
        said = self._texts.get(event.index)
        if said is None:
            out.append(event if self.first else Delta(self._base + event.index, event.text))
        elif self._seam is not None and type(said.part) is Text:
            self._join(said, self._seam.feed(event.text), out)
        else:
            self._note(said, event.text)
            same = said.index == event.index
            out.append(event if same else Delta(said.index, event.text))

    def _note(self, said: Said, text: str) -> None:
        said.pieces.append(text)
        if type(said.part) is Text:
            self._reach += len(text)

    def _join(self, said: Said, fresh: str, out: Batch) -> None:
        """Text that the seam has let through."""
        if fresh:
            self._note(said, fresh)
            out.append(Delta(said.index, fresh))
        if self._seam is not None and self._seam.decided:
            self._shift -= self._seam.dropped
            self._skip = self._seam.dropped
            self._seam = None
            self._release(out)

    def _meet(self, out: Batch) -> None:
        """Lets the seam decide now."""
        if self._seam is not None and self._seam.pending:
            texts = [said for said in self._texts.values() if type(said.part) is Text]
            self._join(texts[-1], self._seam.flush(), out)

    def _open(self, event: Open, out: Batch) -> None:
        self._meet(out)
        self._release(out)
        part = event.part
        if not isinstance(part, Text | Thinking) or event.choice:
            self._settle(out)
            self._stop(out)
            self._fixed = self._began = True
            self._place(event, event.part, out)
            return
        joins = type(part) is Text and not special(part.signature, part.opaque)
        if self._owed is not None and joins:
            said = self._owed[0]
        else:
            self._settle(out)
            # Text that a part begins with may be a repetition, too: it follows as a delta.
            held = self._seam is not None and type(part) is Text
            said = Said(self._place(event, replace(part, text="") if held else part, out), part)
            self._said.append(said)
            if not held:
                self._note(said, part.text)
                part = replace(part, text="")
        self._texts[event.index] = said
        if part.text:
            self._more(Delta(event.index, part.text), out)

    def _place(self, event: Open, part: Part, out: Batch) -> int:
        """Tells that a part begins, with an index that no other has."""
        index = self._base + event.index
        self._next = max(self._next, index + 1)
        same = self.first and part is event.part
        out.append(event if same else replace(event, index=index, part=part))
        return index

    def _close(self, event: Close, out: Batch) -> None:
        self._meet(out)
        said = self._texts.pop(event.index, None)
        if said is None:
            self._tell(event if self.first else replace(event, index=self._base + event.index), out)
            return
        said.ended = True
        said.signature = event.signature or said.signature
        close = event if self.first else replace(event, index=said.index)
        if type(said.part) is Thinking:
            self._tell(close, out)
            return
        self._release(out)
        if self._owed is not None and self._owed[0] is said:
            close = replace(close, opaque=both(self._owed[1].opaque, close.opaque))
            self._owed = None
        self._queue.append(close)

    def _end(self, event: Finish, out: Batch) -> None:
        self._meet(out)
        if not self._goes_on(event):
            self._release(out)
            self._settle(out)
            self._done = True
            out.append(event)
            return
        self.cut, self._finish = True, event
        close = self._queue[0] if self._queue else None
        if type(close) is Close and not special(close.signature, close.opaque):
            del self._queue[0]
            self._owed = next(one for one in self._said if one.index == close.index), close
        self._release(out)

    def _stop(self, out: Batch) -> None:
        """Another candidate speaks after a cut one: that one's end is its end."""
        if self.cut and self._finish is not None:
            out.append(self._finish)
            self.cut, self._finish = False, None

    def _goes_on(self, event: Finish) -> bool:
        if event.reason is not FinishReason.LENGTH or event.choice or self._fixed:
            return False
        return self._left > 0 and self._reach > self._from and bool(self._text().strip())

    def _text(self) -> str:
        return "".join(said.text for said in self._said if type(said.part) is Text)

    def _tell(self, event: Event, out: Batch) -> None:
        if self._queue or (self._seam is not None and self._seam.pending):
            self._queue.append(event)
        else:
            self._put(event, out)

    def _release(self, out: Batch) -> None:
        queue, self._queue = self._queue, []
        for event in queue:
            self._put(event, out)

    def _put(self, event: Event, out: Batch) -> None:
        if type(event) is Logprobs and self._skip > 0:
            event = self._new(event)
            if not event.tokens:
                return
        out.append(event)

    def _new(self, event: Logprobs) -> Logprobs:
        """Without the tokens of text that was a repetition."""
        place = 0
        while self._skip > 0 and place < len(event.tokens):
            self._skip -= len(event.tokens[place].token)
            place += 1
        return replace(event, tokens=event.tokens[place:])

    def _settle(self, out: Batch) -> None:
        """Ends the text that was kept open."""
        if self._owed is not None:
            out.append(self._owed[1])
            self._owed = None
