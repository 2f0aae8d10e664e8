"""`manage.py createkey`: makes API keys and shows them, once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keys import attributes
from keys.services import Invalid, Made, Offer
from panel import bridge, keeping


class Command(BaseCommand):
    help = "Make API keys. They are shown once and cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        add = parser.add_argument
        add("--count", type=int, default=1, help="how many; their descriptions are numbered")
        add("--quota", help="units it may use; without, any number")
        add("--description", default="", help="what or whom it is for")
        add("--owner", default="", help="how to reach who uses it")
        add("--days", type=int, help="it expires after so many days")
        add("--expires-at", help="it expires at this date, or time with offset")
        add("--days-from-first-use", help="it expires so many days after its first use")
        add("--daily-quota", help="units a day")
        add("--time-zone", help="where a day begins: an IANA name; without, TIME_ZONE")
        add("--model-daily", action="append", metavar="MODEL=UNITS", help="units a day of models")
        add("--rpm", help="requests a minute")
        add("--concurrency", help="calls at once")
        add("--waiting", default="0", help="how many more may wait for a place")
        add("--models", help="the models it may use: names or globs with commas")
        add("--networks", help="where it may be used from: addresses or networks with commas")
        add("--disabled", action="store_true", help="it is switched off at first")
        add("--created-by", default="command line", help="who made it")
        add("--link-days", type=int, help="also make a link token that shows it once, so long")
        add("--json", action="store_true", help='print only {"api_key", "id"}, or a list of them')

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = keeping.make(
                None,
                options["count"],
                total=attributes.quota(options["quota"]),
                offer=_offer(options["link_days"]),
                **attributes.parse(_values(options)),
            )
        except Invalid as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            rows = [_row(each) for each in made]
            self.stdout.write(json.dumps(rows[0] if options["count"] == 1 else rows))
            return
        for each in made:
            self.stdout.write(f"{each.secret}  {each.token}" if each.token else each.secret)
        self.stdout.write(_told(made))


def _values(options: dict[str, Any]) -> dict[str, object]:
    named = (
        *("description", "owner", "created_by", "expires_at", "days_from_first_use"),
        *("daily_quota", "rpm", "concurrency", "waiting", "models", "networks"),
    )
    values = {name: options[name] for name in named}
    values["model_daily"] = "\n".join(options["model_daily"] or ())
    values["time_zone"] = options["time_zone"] or _zone()
    values["enabled"] = not options["disabled"]
    if options["days"] is not None:
        if options["days"] <= 0 or options["expires_at"]:
            raise CommandError("--days is 1 or more, and does not go with --expires-at.")
        values["expires_at"] = timezone.now() + timedelta(days=options["days"])
    return values


def _zone() -> object:
    """With what is stored: a command does not follow it as the gateway does."""
    return next(each.value for each in bridge.settings().all() if each.name == "TIME_ZONE")


def _offer(days: int | None) -> Offer | None:
    if days is None:
        return None
    if days <= 0:
        raise CommandError("--link-days is 1 or more.")
    return Offer(tuple(settings.POTLUCK_VAULT_KEYS), timezone.now() + timedelta(days=days))


def _row(made: Made) -> dict[str, object]:
    row: dict[str, object] = {"api_key": made.secret, "id": made.key.pk}
    return row | {"token": made.token} if made.token else row


def _told(made: Sequence[Made]) -> str:
    total = made[0].key.total_quota
    units = "any number of units" if total is None else f"{total} units"
    if len(made) > 1:
        return f"{len(made)} keys may use {units} each. Keep them: they are not shown again."
    return f"Key {made[0].key.pk} may use {units}. Keep it: it is not shown again."
