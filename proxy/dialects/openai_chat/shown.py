"""Where the model's text lies in what the client sees, once code blocks have come between."""

from __future__ import annotations


class Shown:
    """Offsets count characters of one candidate."""

    def __init__(self) -> None:
        self._said = 0
        self._added: list[tuple[int, int]] = []

    def said(self, length: int) -> None:
        """The model's own text went on."""
        self._said += length

    def added(self, length: int) -> None:
        """Something else was put into the visible text here."""
        self._added.append((self._said, length))

    def start(self, offset: int) -> int:
        return offset + sum(length for at, length in self._added if at <= offset)

    def end(self, offset: int) -> int:
        return offset + sum(length for at, length in self._added if at < offset)
