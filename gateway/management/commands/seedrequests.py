"""Fills the request log with invented requests, for a look at the console and for measuring it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from credentials import services
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.vault import Vault
from keys import invented, making, seeding
from keys.invented import Cast, Lent

_KINDS = {"gemini": Kind.GEMINI_API, "anthropic": Kind.ANTHROPIC, "openai": Kind.OPENAI}


class Command(BaseCommand):
    help = (
        "Fill the request log with invented requests, with keys and credentials of their own that "
        "nobody can use. --clear takes all of it away again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", type=int, default=10_000, help="requests")
        parser.add_argument("--days", type=int, default=30, help="days up to now that they are of")
        parser.add_argument("--keys", type=int, default=50, help="keys that ask")
        parser.add_argument("--credentials", type=int, default=300, help="credentials that answer")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same requests")
        parser.add_argument("--force", action="store_true", help="also beside real requests")
        parser.add_argument("--clear", action="store_true", help="take them away again")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["clear"]:
            gone = seeding.clear()
            services.remove([each.id for each in _lent()])
            self.stdout.write(f"Deleted {gone} invented requests.")
            return
        _check(options)
        if seeding.lived_in() and not options["force"]:
            raise CommandError(
                "This gateway has answered real requests: seed another database, or say --force."
            )
        now = timezone.now()
        since = now - timedelta(days=options["days"])
        keys = seeding.keys(settings.POTLUCK_PEPPER, options["keys"])
        cast = Cast(keys, _credentials(options["credentials"]))
        chance = Random(options["seed"])  # noqa: S311 - nothing here is a secret
        found = invented.requests(options["count"], cast, since, now, chance)
        done = 0
        for done in seeding.write(found):
            if options["verbosity"] > 1:
                self.stdout.write(f"{done}")
        self.stdout.write(f"Wrote {done} invented requests; --clear takes them away again.")


def _check(options: dict[str, Any]) -> None:
    bounds = {"count": 10**8, "days": 3_650, "keys": making.MOST, "credentials": 10_000}
    for name, most in bounds.items():
        if not 1 <= options[name] <= most:
            raise CommandError(f"--{name} is a whole number from 1 to {most}.")


def _lent() -> list[Lent]:
    rows = Credential.objects.filter(extra__seeded=True, deleted_at=None).order_by("id")
    return [Lent(*row) for row in rows.values_list("pk", "label", "provider")]


def _credentials(count: int) -> list[Lent]:
    """Those of this command, more where there are fewer than `count`. All are switched off before
    a running gateway sees them: their secrets are none."""
    vault, found = Vault(settings.POTLUCK_VAULT_KEYS), _lent()[:count]
    with transaction.atomic():
        for number in range(len(found), count):
            # The busiest provider has half of them.
            place = number // 2 if number % 2 else 0
            provider = invented.PROVIDERS[place % len(invented.PROVIDERS)]
            kind = _KINDS.get(provider, Kind.OPENAI_COMPATIBLE)
            label, secret = f"{provider} of member {number + 1}", f"{invented.MARK}{number}"
            row, _new = services.add(
                vault, provider, kind, secret, label=label, extra={"seeded": True}
            )
            found.append(Lent(row.pk, label, provider))
        services.disable([each.id for each in found])
    return found
