"""`manage.py dropfactor`: the second factor of the console off, for who has lost it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from panel import audit
from panel.auth import factor


class Command(BaseCommand):
    help = (
        "Switches the second factor of the console off: for an operator whose phone is gone and "
        "who has no recovery code left. The password stays. It is noted in the audit trail."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            dropped = factor.disable()
            if dropped:
                audit.note(None, "factor.disable")
        if dropped:
            self.stdout.write("The second factor is off. Log in with the password alone.")
        else:
            self.stdout.write("There is no second factor; the password alone opens the console.")
