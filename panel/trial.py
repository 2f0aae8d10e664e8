"""Keys of the playground: small, for a day, and gone from the list when that is over."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from keys import services
from keys.models import ApiKey
from panel import audit

UNITS = 1_000
"""What such a key may use."""
VALID = timedelta(days=1)
LABEL = "Playground"

_AUTHOR = "playground"


def mint(request: HttpRequest, now: datetime) -> tuple[ApiKey, str]:
    """The key, and its text, which nobody can show again."""
    until = now + VALID
    with transaction.atomic():
        key, secret = services.create(
            settings.POTLUCK_PEPPER,
            total=UNITS,
            description=LABEL,
            expires_at=until,
            created_by=_AUTHOR,
        )
        after = {"description": LABEL, "total_quota": UNITS, "expires_at": until.isoformat()}
        audit.note(request, "key.create", f"key {key.pk}", after=after)
    return key, secret


def clear(now: datetime) -> int:
    """Deletes those that are over; how many. One that somebody has given a name is theirs."""
    rows = ApiKey.objects.filter(created_by=_AUTHOR, description=LABEL, deleted=False)
    over = list(rows.filter(expires_at__lte=now).values_list("pk", flat=True))
    for key_id in over:
        # Another process may do the same at this moment.
        with suppress(ApiKey.DoesNotExist), transaction.atomic():
            services.revoke(key_id)
            audit.note(None, "key.delete", f"key {key_id}", by="gateway", now=now)
    return len(over)
