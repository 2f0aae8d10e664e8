"""Server-sent events without I/O: bytes in, whole events out.

Follows the WHATWG parsing rules on bytes (CRLF, LF and CR end a line; only those do, so U+2028 in
JSON text is safe), with two liberties that real upstreams need: an event without its last blank
line counts at the end of the stream, and lines that are no field are kept in `stray`, because
Gemini reports a mid-stream error as bare JSON.
"""

from __future__ import annotations

from typing import NamedTuple

_FIELDS = frozenset({b"data", b"event", b"id", b"retry", b""})
_STRAY_LIMIT = 65_536
_BOM = b"\xef\xbb\xbf"


class ServerEvent(NamedTuple):
    data: bytes
    name: str = ""


class Decoder:
    def __init__(self) -> None:
        self.stray = b""
        """Lines that belong to no field, newline-separated, at most 64 KiB."""
        self._tail: list[bytes] = []
        self._data: list[bytes] = []
        self._name = ""
        self._begun = False

    @property
    def idle(self) -> bool:
        """Whether the stream stands between two events."""
        return not (self._data or self._name or any(self._tail))

    def whole(self, chunk: bytes) -> list[bytes]:
        """The data of each event, if the chunk is whole events of one `data: ` line each and comes
        between two events; else nothing, and it is for `feed`.

        Nearly every read is such a chunk, and this takes a fraction of the time.
        """
        if chunk[:6] != b"data: " or not self.idle:
            return []
        end = b"\r\n\r\n" if chunk[-2:] == b"\r\n" else b"\n\n"
        if chunk[-len(end) :] != end:
            return []
        events = chunk[6 : -len(end)].split(end + b"data: ")
        inside = b"".join(events)
        if b"\n" in inside or b"\r" in inside:
            return []
        self._begun = True
        return events

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        # A large event comes in many reads: gather them, and look for lines only once there is one.
        self._tail.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk and chunk:
            return []
        data = b"".join(self._tail)
        if not self._begun and data:
            if _BOM.startswith(data):
                # The mark may be cut, and an empty chunk ends nothing.
                self._tail = [data]
                return []
            data = data.removeprefix(_BOM)
            self._begun = True
        *lines, rest = _lines(data)
        self._tail = [rest] if rest else []
        events: list[ServerEvent] = []
        for line in lines:
            self._line(line, events)
        return events

    def flush(self) -> list[ServerEvent]:
        """The stream has ended: what is still open counts as complete."""
        return self.feed(b"\n\n")

    def _line(self, line: bytes, events: list[ServerEvent]) -> None:
        if line[:6] == b"data: ":
            self._data.append(line[6:])
        elif not line:
            if self._data:
                events.append(ServerEvent(b"\n".join(self._data), self._name))
                self._data = []
            self._name = ""
        else:
            self._field(line)

    def _field(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field not in _FIELDS and len(self.stray) < _STRAY_LIMIT:
            self.stray += (line + b"\n")[: _STRAY_LIMIT - len(self.stray)]


def _lines(data: bytes) -> list[bytes]:
    """Complete lines, then the unfinished rest."""
    if b"\r" not in data:
        return data.split(b"\n")
    # A lone trailing CR may be half of a CRLF: leave it for the next chunk.
    keep = b"\r" if data.endswith(b"\r") else b""
    body = data[:-1] if keep else data
    lines = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    lines[-1] += keep
    return lines


def event(data: bytes, name: str = "") -> bytes:
    """One event on the wire; `data` must be a single line, as all JSON encoders here give."""
    head = b"event: " + name.encode() + b"\n" if name else b""
    return head + b"data: " + data + b"\n\n"
