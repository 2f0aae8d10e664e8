"""Where the continuation of a cut text meets it: nothing said twice, nothing lost. Pure.

A model that is asked to go on often says the end of its text again. What a continuation begins
with is left out only if it is, character by character, how the text ended, and long enough not to
be chance. A pattern that repeats itself (the rule of a table, zeros) is kept: there the model may
mean it.
"""

from __future__ import annotations

REACH = 400
"""So many characters at the end of the text are compared."""

LEAST = 12
"""A shorter repetition counts only if it is all of the last line."""

VISIBLE = 4
"""And in any case it has so many characters that are no blanks."""


def overlap(said: str, more: str) -> int:
    """How many characters at the start of `more` repeat the end of `said`."""
    tail, start = said[-REACH:], more[:REACH]
    borders = _borders(start)
    size = 0
    for character in tail:
        while size and (size == len(start) or start[size] != character):
            size = borders[size - 1]
        if start and start[size] == character:
            size += 1
    if not size or (size < LEAST and size != _line(tail)):
        return 0
    period = size - borders[size - 1]
    repeats = period * 2 <= size or tail[:-size].endswith(tail[-size:])
    visible = len("".join(start[:size].split()))
    return 0 if repeats or visible < VISIBLE else size


def _borders(text: str) -> list[int]:
    """For each prefix the length of its longest part that both begins and ends it."""
    found = [0] * len(text)
    size = 0
    for place in range(1, len(text)):
        while size and text[size] != text[place]:
            size = found[size - 1]
        if text[size] == text[place]:
            size += 1
        found[place] = size
    return found


def _line(text: str) -> int:
    """The length of the last line; 0 if the text ends with a line break."""
    return len(text) - text.rfind("\n") - 1


class Seam:
    """Takes the text of one continuation as it comes, and gives what is new.

    Text is held back while it may still turn out to be a repetition: at most `REACH` characters.
    """

    def __init__(self, said: str) -> None:
        self._tail = said[-REACH:]
        self._held = ""
        self._decided = not self._tail
        self.dropped = 0
        """How many characters were a repetition."""

    @property
    def pending(self) -> bool:
        """Whether text is held back."""
        return bool(self._held)

    @property
    def decided(self) -> bool:
        """Whether all that follows is new."""
        return self._decided

    def feed(self, text: str) -> str:
        if self._decided:
            return text
        self._held += text
        return "" if not self._held or self._grows() else self.flush()

    def flush(self) -> str:
        """What is held and no repetition; no text follows, or it is new."""
        held, self._held = self._held, ""
        if not held:
            return ""
        self._decided = True
        self.dropped = overlap(self._tail, held)
        return held[self.dropped :]

    def _grows(self) -> bool:
        """Whether more text could make a (longer) repetition of what is held."""
        tail, held = self._tail, self._held
        # The first place leaves the most room behind it.
        place = tail.find(held)
        if place < 0:
            return False
        room = len(tail) - place
        if room > len(held) and room >= LEAST:
            return True
        line = _line(tail)
        return line > len(held) and tail.startswith(held, len(tail) - line)
