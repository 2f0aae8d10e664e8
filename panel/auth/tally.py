"""Failed logins as the database counts them: by all processes and hosts together.

Only an attempt that is looked at writes, and it costs a quarter of a second of bcrypt besides; one
that must wait reads two rows. So strangers make the database work no harder than the caps of
`keys.lockout` let them: once a minute.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F

from keys.limits.addresses import bucket
from keys.limits.refusal import Whose
from keys.lockout import ACCOUNT, ADDRESS, Failures, Steps, check, fail, forgive
from panel.models import LoginFailure

_KNOWN = timedelta(days=30)
"""So long somebody who has logged in from an address is not held up by others there."""


class _Slots(NamedTuple):
    account: str
    address: str
    known: str


class Tally:
    """`keys.lockout.Lockout` for everybody. `door` keeps apart what is guessed at."""

    def __init__(self, door: str, *, account: Steps = ACCOUNT, address: Steps = ADDRESS) -> None:
        self._door = door
        self._account = account
        self._address = address

    def attempt(self, account: str, address: str, now: datetime) -> None:
        """As `Lockout.attempt`."""
        slots = self._slots(account, address)
        self._check(_read(slots), slots, now)
        self._forget(now)
        _make(slots, now)
        with transaction.atomic():
            found = _locked(slots)
            self._check(found, slots, now)
            _write(slots.address, fail(found.get(slots.address), self._address, now))
            _write(slots.account, fail(found.get(slots.account), self._account, now))

    def succeeded(self, account: str, address: str) -> None:
        """As `Lockout.succeeded`."""
        slots = self._slots(account, address)
        with transaction.atomic():
            found = _locked(slots)
            tried = found.get(slots.address)
            if slots.account in found:
                _write(slots.account, _none(found[slots.account]))
            if tried is None:
                return
            _write(slots.address, forgive(tried) or _none(tried))
            LoginFailure.objects.update_or_create(
                pk=slots.known, defaults={"last": tried.last, "open_at": tried.last}
            )

    def _check(self, found: Mapping[str, Failures], slots: _Slots, now: datetime) -> None:
        check(found.get(slots.address), self._address, Whose.ADDRESS, now)
        if slots.known not in found:
            check(found.get(slots.account), self._account, Whose.ACCOUNT, now)

    def _forget(self, now: datetime) -> None:
        memory = max(self._account.memory, self._address.memory)
        LoginFailure.objects.filter(number__gt=0, last__lte=now - memory).delete()
        LoginFailure.objects.filter(last__lte=now - _KNOWN).delete()

    def _slots(self, account: str, address: str) -> _Slots:
        place = bucket(address)
        return _Slots(
            self._slot("account", account),
            self._slot("address", place),
            self._slot("known", account, place),
        )

    def _slot(self, *names: str) -> str:
        text = "\0".join(("panel failures", self._door, *names))
        return hmac.new(settings.SECRET_KEY.encode(), text.encode(), "sha256").hexdigest()


def _read(slots: _Slots) -> dict[str, Failures]:
    rows = LoginFailure.objects.filter(pk__in=slots)
    return {row.slot: _failures(row) for row in rows}


def _make(slots: _Slots, now: datetime) -> None:
    """Rows to lock, where there are none. Each by itself, and not where they are locked: MariaDB
    shares a row that is there among all who tried to insert it, and then nobody gets it alone."""
    known = _read(slots)
    for slot in (slots.account, slots.address):
        if slot not in known:
            blank = LoginFailure(slot=slot, last=now, open_at=now)
            LoginFailure.objects.bulk_create([blank], ignore_conflicts=True)


def _locked(slots: _Slots) -> dict[str, Failures]:
    """The same, and nobody else counts there until the transaction ends. An account is locked
    before an address, and nobody deletes what counts: so no two wait for each other."""
    # The first statement writes: SQLite locks at once then.
    LoginFailure.objects.filter(pk=slots.account).update(number=F("number"))
    rows = LoginFailure.objects.select_for_update().filter(pk__in=slots)
    return {row.slot: _failures(row) for row in rows}


def _none(found: Failures) -> Failures:
    return Failures(0, found.last, found.last)


def _write(slot: str, found: Failures) -> None:
    LoginFailure.objects.filter(pk=slot).update(**found._asdict())


def _failures(row: LoginFailure) -> Failures:
    return Failures(row.number, row.last, row.open_at)
