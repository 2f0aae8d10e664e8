"""Whether a key is used from more addresses than one person has. Pure. Time is an argument.

It is a suspicion for a person to judge, never a reason to refuse: phones change networks, and a
team may share one key with its operator's knowledge.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keys.limits.addresses import bucket

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Sharing:
    """The addresses that each key was used from in the last `window`.

    More than `most` different ones (IPv6 by /64) are suspicious. At most one more than that is
    remembered per key, and `room` keys per window; beyond, the longest unused are forgotten.
    """

    def __init__(
        self,
        *,
        most: int = 8,
        window: timedelta = timedelta(hours=1),
        room: int = 100_000,
    ) -> None:
        self._most = most
        self._window = window
        self._room = room
        self._young: dict[int, dict[str, datetime]] = {}
        self._old: dict[int, dict[str, datetime]] = {}
        self._turns_at = _LONG_AGO
        self._since: dict[int, datetime] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def see(self, key_id: int, address: str, now: datetime) -> datetime | None:
        """A use of a key. Returns `now` when this makes it suspicious, and None ever after, until
        it is pardoned."""
        seen = self._young.get(key_id)
        if seen is None or now >= self._turns_at:
            seen = self._remember(key_id, now)
        place = bucket(address)
        seen[place] = now
        if len(seen) <= self._most:
            return None
        return self._judge(key_id, seen, now)

    def since(self, key_id: int) -> datetime | None:
        """Since when a key is suspicious, None if it is not."""
        return self._since.get(key_id)

    def pardon(self, key_id: int) -> None:
        """Forgets everything about a key: a person has looked at it."""
        self._since.pop(key_id, None)
        self._young.pop(key_id, None)
        self._old.pop(key_id, None)

    def _judge(self, key_id: int, seen: dict[str, datetime], now: datetime) -> datetime | None:
        for place in [place for place, at in seen.items() if at + self._window <= now]:
            del seen[place]
        if len(seen) <= self._most:
            return None
        if len(seen) > self._most + 1:
            del seen[min(seen, key=seen.__getitem__)]
        if key_id in self._since:
            return None
        if len(self._since) >= self._room:
            del self._since[next(iter(self._since))]
        self._since[key_id] = now
        return now

    def _remember(self, key_id: int, now: datetime) -> dict[str, datetime]:
        if now >= self._turns_at:
            idle = now >= self._turns_at + self._window
            self._old, self._young = ({} if idle else self._young), {}
            self._turns_at = now + self._window
        elif len(self._young) >= self._room:
            self._old, self._young = self._young, {}
        seen = self._young[key_id] = self._old.pop(key_id, {})
        return seen
