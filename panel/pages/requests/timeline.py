"""What happened to one call, step by step, as far as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from keys.models import RequestRecord
from keys.requests import Tried
from panel.pages.requests import words
from panel.pages.requests.outcome import Outcome, judge

_SHORT = 80
"""Characters of an upstream's words that stand in the line; the rest is one click away."""
_WELL = frozenset({"Succeeded", "Proven"})


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is a shape. `credential` is its id, 0 for none. `when` is how long after the start
    it was and `took` how long it lasted, both in words, "" where nobody noted it. `raw` is what
    an upstream said, if there is more than fits into `text`."""

    state: Outcome
    title: str
    text: str = ""
    when: str = ""
    took: str = ""
    credential: int = 0
    raw: str = ""


def steps(record: RequestRecord, tried: Sequence[Tried]) -> list[Step]:
    """Reservation and credentials have no times of their own in the log, only their order."""
    found = [Step(Outcome.ANSWERED, _("Came in"), text=words.dialect(record.client_dialect))]
    if tried and record.units:
        text = words.units(record.units)
        found.append(Step(Outcome.ANSWERED, _("Units reserved"), text=text))
    found += [_asked(each) for each in tried]
    if record.first_byte_ms is not None:
        when = _after(record.first_byte_ms)
        found.append(Step(Outcome.ANSWERED, _("First byte"), when=when))
    found.append(_end(record, bool(tried)))
    return found


def _asked(tried: Tried) -> Step:
    line, raw = _said(tried.reason)
    well = tried.result in _WELL
    gone = tried.result == "NotItsFault"
    how = words.result(tried.result)
    # "429 per-minute limit" says more than "was told to wait", so it comes after it.
    text = f"{how} · {line}" if line else how
    seconds = tried.seconds
    return Step(
        Outcome.ANSWERED if well else Outcome.LEFT if gone else Outcome.REFUSED,
        tried.label or (f"#{tried.credential}" if tried.credential else _("No credential")),
        text=text,
        took="" if not seconds else words.span(round(seconds * 1000)),
        credential=tried.credential,
        raw=raw,
    )


def _said(reason: str) -> tuple[str, str]:
    """The verdict before the upstream's own words, and all of it where that is more."""
    line, _colon, rest = reason.partition(": ")
    if not rest and len(line) <= _SHORT:
        return line, ""
    return (line if len(line) <= _SHORT else f"{line[:_SHORT]}…"), reason


def _end(record: RequestRecord, asked: bool) -> Step:
    outcome = judge(record)
    title = {
        Outcome.ANSWERED: _("Done"),
        Outcome.REFUSED: _("Refused"),
        Outcome.BROKEN: _("Broke off"),
        Outcome.FAILED: _("Failed"),
        Outcome.LEFT: _("The client left"),
    }[outcome]
    return Step(outcome, title, text=_charged(record, asked), when=_after(record.duration_ms))


def _charged(record: RequestRecord, asked: bool) -> str:
    if record.units:
        return _("%(units)s charged") % {"units": words.units(record.units)}
    if record.first_byte_ms is not None:
        return _("it costs nothing")
    if asked:
        return _("nothing charged: what was reserved was given back")
    return _("nothing charged")


def _after(milliseconds: int) -> str:
    return _("after %(span)s") % {"span": words.span(milliseconds)}
