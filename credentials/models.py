"""What is stored of a credential. Its secret only as a sealed token."""

from __future__ import annotations

from django.db import IntegrityError, models, transaction
from django.db.models import F

from credentials.kinds import Kind, Source


class Revision(models.Model):
    """One row that counts up with every change a reader must see."""

    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("value", flat=True).first() or 0

    @classmethod
    def bump(cls) -> int:
        """The number of the change that is being written; call it first in its transaction.

        The row stays locked until the commit, so changes become visible in the order of their
        numbers: a reader that has seen n has seen everything up to n.
        """
        if not cls.objects.filter(pk=1).update(value=F("value") + 1):
            try:
                with transaction.atomic():
                    cls.objects.create(pk=1, value=1)
            except IntegrityError:
                cls.objects.filter(pk=1).update(value=F("value") + 1)
        return cls.objects.get(pk=1).value


class Credential(models.Model):
    """A removed one stays as an empty row, so that old requests still have a name for it."""

    kind = models.CharField(max_length=32, choices=[(kind.value, kind.value) for kind in Kind])
    provider = models.CharField(max_length=64)
    label = models.CharField(max_length=200, blank=True)
    source = models.CharField(
        max_length=16,
        choices=[(source.value, source.value) for source in Source],
        default=Source.MANUAL.value,
    )

    sealed = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=64, null=True)
    """NULL for a removed one, so that the same secret may come back."""
    base_url = models.CharField(max_length=500, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    """Nothing secret: project, location, account name."""

    enabled = models.BooleanField(default=True)
    """The operator's will. What we observed is in `health`."""
    withdrawn = models.BooleanField(default=False)
    """Disabled because its source no longer names it, not because a person said so."""
    weight = models.PositiveSmallIntegerField(default=1)

    health = models.JSONField(default=dict, blank=True)
    health_version = models.BigIntegerField(default=0)
    banned = models.BooleanField(default=False)
    cooling_until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    """`banned`, `cooling_until` and `reason` repeat `health` in columns, for lists and filters."""

    claimant = models.CharField(max_length=16, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)
    """The process that is refreshing the account's tokens, and until when that counts."""

    day = models.DateField(null=True, blank=True)
    calls = models.BigIntegerField(default=0)
    served = models.BigIntegerField(default=0)
    pro_calls = models.BigIntegerField(default=0)
    """Requests sent, answered, and sent for Pro models on `day`, the last day it was used."""

    minute_cap = models.PositiveIntegerField(default=0)
    day_cap = models.PositiveIntegerField(default=0)
    pro_cap = models.PositiveIntegerField(default=0)
    """Calls per minute, per day, and per day of Pro models; 0: no cap. See `caps.Caps`."""

    sealed_proxy = models.TextField(blank=True, default="")
    """The URL of its outbound proxy, sealed: it may hold a password."""

    errors = models.JSONField(default=list, blank=True)
    """The last failures, oldest first. See `history.Mishap`."""

    probes = models.PositiveIntegerField(default=0)
    probe_at = models.DateTimeField(null=True, blank=True)
    """How often it was probed since it was banned, and when it may be probed next."""

    revision = models.BigIntegerField(default=0, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "fingerprint"), name="credentials_one_secret_per_provider"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} {self.pk} {self.label}".rstrip()
