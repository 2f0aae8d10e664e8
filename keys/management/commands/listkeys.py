"""Lists the API keys with what is left of their quotas."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from keys import listing, overview, usage
from keys.listing import Page, Sort, State, Wanted


class Command(BaseCommand):
    help = "List API keys: id, key, total, used, reserved, state, description."

    def add_arguments(self, parser: CommandParser) -> None:
        states, sorts = [each.value for each in State], [each.value for each in Sort]
        parser.add_argument("--search", default="", help="in description, owner, id or the key")
        parser.add_argument("--state", action="append", choices=states, help="only such keys")
        parser.add_argument("--sort", choices=sorts, default="id")
        parser.add_argument("--descending", action="store_true")
        parser.add_argument("--size", type=int, default=listing.MOST, help="keys of a page")
        parser.add_argument("--after", help="the cursor that the page before ended with")
        parser.add_argument("--json", action="store_true", help='print {"keys", "next"}')

    def handle(self, *args: Any, **options: Any) -> None:
        states = tuple(State(each) for each in options["state"] or ())
        try:
            page = listing.page(
                Wanted(options["search"], states),
                settings.POTLUCK_PEPPER,
                timezone.now(),
                sort=Sort(options["sort"]),
                descending=options["descending"],
                after=options["after"],
                size=options["size"],
            )
        except ValueError as error:
            raise CommandError(f"{error}.".capitalize()) from error
        self.stdout.write(_json(page) if options["json"] else _table(page))


def _json(page: Page) -> str:
    ids = [key.pk for key in page.keys]
    models, allowed = usage.by_model(ids), overview.allowances(ids)
    rows = [
        overview.balance(key, models[key.pk]) | overview.attributes(key, allowed[key.pk])
        for key in page.keys
    ]
    return json.dumps({"keys": rows, "next": page.next}, cls=DjangoJSONEncoder, ensure_ascii=False)


def _table(page: Page) -> str:
    lines = [_line("id", "key", "total", "used", "reserved", "state", "description")]
    for key in page.keys:
        total = "unlimited" if key.total_quota is None else key.total_quota
        state = "enabled" if key.enabled else "disabled"
        lines.append(_line(key.pk, key, total, key.used, key.reserved, state, key.description))
    if page.next is not None:
        lines.append(f"There are more: --after {page.next}")
    return "\n".join(lines)


def _line(*cells: object) -> str:
    widths = (6, 15, 10, 10, 10, 8, 0)
    return "  ".join(f"{cell!s:{width}}" for cell, width in zip(cells, widths, strict=True))
