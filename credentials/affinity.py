"""Which credential a session was served by, so that caches and signatures there still count."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

_MOST = 20_000
_PLACES = 4


class _Seat:
    """`places`: provider → credential. `home`: the provider that answered last."""

    __slots__ = ("home", "places", "until")

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.home = ""
        self.until: datetime | None = None


class Affinity:
    """A bounded memory of one process. `lasts` gives seconds, 0: off; asked each time.

    When a credential rests, its sessions go wherever the strategy sends each of them, not all to
    one neighbour, and stay there.
    """

    def __init__(self, lasts: Callable[[], float] = lambda: 3600.0, *, most: int = _MOST) -> None:
        self._lasts = lasts
        self._most = most
        self._seats: OrderedDict[str, _Seat] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seats)

    def __repr__(self) -> str:
        return f"<Affinity of {len(self._seats)} sessions>"

    def find(self, session: str, provider: str, now: datetime) -> int | None:
        """The credential of `provider` that served it; None if there is none that is known."""
        seat = self._living(session, now)
        return None if seat is None else seat.places.get(provider)

    def take(self, session: str, provider: str, id: int, now: datetime) -> None:
        """A call of this session goes to credential `id`."""
        lasts = self._lasts()
        if not session or lasts <= 0:
            return
        seat = self._living(session, now)
        if seat is None:
            seat = self._seats[session] = _Seat()
            if len(self._seats) > self._most:
                self._seats.popitem(last=False)
        else:
            self._seats.move_to_end(session)
        seat.until = now + timedelta(seconds=lasts)
        if provider not in seat.places and len(seat.places) >= _PLACES:
            del seat.places[next(iter(seat.places))]
        seat.places[provider] = id

    def answered(self, session: str, provider: str, now: datetime) -> None:
        """The signatures in this conversation are `provider`'s from now on."""
        seat = self._living(session, now)
        if seat is not None:
            seat.home = provider

    def home(self, session: str, now: datetime) -> str:
        """The provider that answered last, "" if that is not known."""
        seat = self._living(session, now)
        return "" if seat is None else seat.home

    def _living(self, session: str, now: datetime) -> _Seat | None:
        seat = self._seats.get(session) if session else None
        if seat is None:
            return None
        if seat.until is None or seat.until <= now or self._lasts() <= 0:
            del self._seats[session]
            return None
        return seat
