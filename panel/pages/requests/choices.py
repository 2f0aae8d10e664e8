"""What the filters of the request log offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from credentials.models import Credential
from panel.pages.requests import words
from panel.pages.requests.view import View
from panel.pages.shelf import Choice

_STATUSES = ("400", "401", "403", "404", "413", "429", "499", "500", "502", "503", "504")


@dataclass(frozen=True, slots=True)
class Choices:
    ranges: list[Choice]
    statuses: list[Choice]
    codes: list[Choice]
    dialects: list[Choice]
    streams: list[Choice]
    providers: list[str]


def choices(view: View) -> Choices:
    return Choices(
        _chosen(
            view.get("range"),
            {
                "": _("Any time"),
                "1h": _("Last hour"),
                "24h": _("Last 24 hours"),
                "7d": _("Last 7 days"),
                "30d": _("Last 30 days"),
            },
        ),
        _chosen(view.get("status"), _statuses()),
        _chosen(view.get("code"), {"": _("Any code")} | {code: code for code in words.codes()}),
        _chosen(view.get("dialect"), {"": _("Any dialect")} | words.DIALECTS),
        _chosen(
            view.get("stream"), {"": _("Streamed or not"), "yes": _("Streamed"), "no": _("Whole")}
        ),
        sorted(_providers()),
    )


def _statuses() -> dict[str, str]:
    plain = {
        "": _("Any outcome"),
        "answered": _("Answered"),
        "failed": _("Not answered"),
        "2xx": "2xx",
        "4xx": "4xx",
        "5xx": "5xx",
    }
    return plain | {status: status for status in _STATUSES}


def _chosen(value: str, names: Mapping[str, str]) -> list[Choice]:
    """What a link asks for is offered too."""
    names = dict(names) if value in names else {**names, value: value}
    return [Choice(each, name, each == value) for each, name in names.items()]


def _providers() -> list[str]:
    found = Credential.objects.filter(deleted_at=None).order_by()
    return list(found.values_list("provider", flat=True).distinct())
