"""Simulated upstream accounts: what they allow, when they fail, and what they were sent."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from credentials.caps import Calendar, Caps
from credentials.health import Outcome, RateLimited, Refused, Stumbled, Succeeded

MINUTE = timedelta(minutes=1)
_PACIFIC = Calendar()
MODEL = "gemini-2.5-flash"


@dataclass(slots=True)
class Source:
    """One account. `minute` and `day` are what it allows, `told` whether the gateway knows.

    `resets` are the moments when its day begins anew. `dead` is from when until when its key is
    refused; `flaky` the share of calls that end with a 500.
    """

    id: int
    minute: int = 0
    day: int = 0
    told: bool = True
    flaky: float = 0.0
    dead: tuple[datetime, datetime] | None = None
    resets: tuple[datetime, ...] = ()
    sent: list[datetime] = field(default_factory=list)
    answered: list[datetime] = field(default_factory=list)
    over: int = 0
    """Calls that it refused for a limit that the gateway knew."""
    wasted: int = 0
    """All calls that it did not answer."""
    _recent: deque[datetime] = field(default_factory=deque)
    _used: int = 0
    _next: int = 0

    @property
    def caps(self) -> Caps:
        return Caps(self.minute, self.day) if self.told else Caps()

    def ask(self, now: datetime, dice: random.Random) -> Outcome:
        self.sent.append(now)
        outcome = self._judge(now, dice)
        if isinstance(outcome, Succeeded):
            self.answered.append(now)
        else:
            self.wasted += 1
        return outcome

    def _judge(self, now: datetime, dice: random.Random) -> Outcome:
        if self.dead is not None and self.dead[0] <= now < self.dead[1]:
            return Refused("API_KEY_INVALID")
        while self._next < len(self.resets) and self.resets[self._next] <= now:
            self._next += 1
            self._used = 0
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if self.day and self._used >= self.day:
            self.over += self.told
            return RateLimited(MODEL, until=self.resets[self._next], reason="QUOTA_PER_DAY")
        if self.minute and len(self._recent) >= self.minute:
            self.over += self.told
            wait = self._recent[0] + MINUTE - now
            return RateLimited(MODEL, retry_after=wait, reason="RATE_LIMIT_EXCEEDED")
        self._used += 1
        self._recent.append(now)
        return Stumbled(MODEL) if dice.random() < self.flaky else Succeeded(MODEL)


def mixed(start: datetime) -> list[Source]:
    """Three hundred for a day that begins at `start`: about 37,000 calls may be answered."""
    pacific = (start + timedelta(days=1), start + timedelta(days=2))
    utc = (start + timedelta(hours=17), start + timedelta(hours=41))
    always = (start, start + timedelta(days=9))
    noon = (start, start + timedelta(hours=12))
    kinds: list[tuple[int, Source]] = [
        (150, Source(0, minute=5, day=50, resets=pacific)),
        (60, Source(0, minute=10, day=250, resets=pacific)),
        (15, Source(0, day=100, told=False, resets=pacific)),
        (15, Source(0, day=100, told=False, resets=utc)),
        (20, Source(0, minute=3, day=300, told=False, resets=pacific)),
        (15, Source(0, dead=always)),
        (10, Source(0, minute=10, day=250, dead=noon, resets=pacific)),
        (15, Source(0, minute=10, day=250, flaky=0.15, resets=pacific)),
    ]
    every = [each for count, each in kinds for _ in range(count)]
    return [
        Source(
            id,
            each.minute,
            each.day,
            each.told,
            each.flaky,
            each.dead,
            each.resets,
        )
        for id, each in enumerate(every, 1)
    ]
