"""What is stored: keys, their ledger, open reservations, costs, roll-ups and request records.

Hot tables (`LedgerEntry`, `Reservation`, `UsageDay`, `RequestRecord`) point at keys without a
database constraint: a key is never deleted, only marked, so a constraint would protect nothing,
and PostgreSQL would pay for each of the four inserts of a request with a look-up and a lock on
the key's row. `manage.py audit` reports rows whose key does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from keys import secret
from keys.fields import DigestField as DigestField  # By this name migrations find it.
from keys.sums import Progress as Progress
from keys.sums import UsageHour as UsageHour

QUOTA_COLUMNS = frozenset({"total_quota", "used", "reserved"})
_NOT_SAVED = QUOTA_COLUMNS | {"first_used_at"}


class ApiKey(models.Model):
    """One key. Only `keys.services` and the ledger's writer change its quota columns.

    `daily_quota` is units a day in `time_zone`; `model_daily` says whether KeyModelAllowances add
    to it. `allowed_models` and `allowed_networks` hold one glob or CIDR a line. The first use sets
    `expires_at` where `days_from_first_use` says so. A limit that is null is none.
    """

    digest = DigestField(max_length=32, unique=True)
    masked = models.CharField(max_length=secret.LENGTH)
    description = models.CharField(max_length=500, blank=True, default="")
    owner = models.CharField(max_length=200, blank=True, default="")
    total_quota = models.BigIntegerField(null=True, blank=True)
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    enabled = models.BooleanField(default=True)
    deleted = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)
    revision = models.BigIntegerField(default=0, db_index=True)
    created_by = models.CharField(max_length=200, blank=True, default="")
    days_from_first_use = models.IntegerField(null=True, blank=True)
    first_used_at = models.DateTimeField(null=True, blank=True)
    daily_quota = models.BigIntegerField(null=True, blank=True)
    model_daily = models.BooleanField(default=False)
    time_zone = models.CharField(max_length=64, default="UTC")
    rpm = models.IntegerField(null=True, blank=True)
    concurrency = models.IntegerField(null=True, blank=True)
    waiting = models.IntegerField(default=0)
    allowed_models = models.TextField(blank=True, default="")
    allowed_networks = models.TextField(blank=True, default="")
    flagged_at = models.DateTimeField(null=True, blank=True, db_index=True)
    flag_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(used__gte=0), name="apikey_used_positive"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="apikey_reserved_positive"),
            models.CheckConstraint(
                condition=Q(total_quota__isnull=True)
                | Q(total_quota__gte=F("used") + F("reserved")),
                name="apikey_within_total",
            ),
        )

    def __str__(self) -> str:
        return self.masked

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Never writes quota columns back: what was read a moment ago would undo a charge."""
        if not self._state.adding:
            every = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            update_fields = frozenset(update_fields or every) - _NOT_SAVED
        super().save(*args, update_fields=update_fields, **kwargs)


class KeyModelAllowance(models.Model):
    """Units a day that a key may use of the models of a name or glob, in lower case."""

    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="allowances")
    pattern = models.CharField(max_length=200)
    units = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "pattern"), name="keymodelallowance_once"),
            models.CheckConstraint(condition=Q(units__gte=0), name="keymodelallowance_positive"),
        )

    def __str__(self) -> str:
        return f"{self.pattern}: {self.units}"


class KeyDay(models.Model):
    """What a key with a daily allowance used on a day: `pattern` "" is all of it, another one what
    counted for that KeyModelAllowance. Whoever holds the lock of the key may change it."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, db_constraint=False, db_index=False, related_name="days"
    )
    day = models.DateField()
    pattern = models.CharField(max_length=200, blank=True, default="")
    used = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "day", "pattern"), name="keyday_once"),
            models.CheckConstraint(condition=Q(used__gte=0), name="keyday_used_positive"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="keyday_reserved_positive"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.pattern}: {self.used}"


class HandOut(models.Model):
    """A link that shows its key once. `sealed` is the key's text, erased when it was claimed."""

    digest = DigestField(max_length=32, unique=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="hand_outs")
    sealed = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"key {self.key_id}"


class ModelCost(models.Model):
    """What a call costs. `pattern` is an exact model name or a glob, in lower case."""

    pattern = models.CharField(max_length=255, unique=True)
    units = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(units__gte=0), name="modelcost_units_positive"),
        )

    def __str__(self) -> str:
        return f"{self.pattern}: {self.units}"


class EntryKind(models.TextChoices):
    """Grants and withdrawals move `total_quota`, a renewal its KeyDay, all others `used`."""

    GRANT = "grant"
    WITHDRAWAL = "withdrawal"
    CHARGE = "charge"
    REFUND = "refund"
    RESET = "reset"
    RENEWAL = "renewal"


class LedgerEntry(models.Model):
    """One change of a balance. `units` is signed; `balance` is the balance after it.

    With a `day` it counts on the KeyDay of that day, and with a `pattern` on that one as well.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, db_constraint=False, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    units = models.BigIntegerField()
    balance = models.BigIntegerField()
    request_id = models.CharField(max_length=64, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    day = models.DateField(null=True)
    pattern = models.CharField(max_length=200, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.kind} {self.units:+d}"


class Reservation(models.Model):
    """Units held for a request that runs. Whoever deletes the row moves the balance, and the
    KeyDays that `day` and `pattern` name.

    There are as many rows as requests run at this moment: too few for more indexes to pay.
    """

    request_id = models.CharField(max_length=64, primary_key=True)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, db_constraint=False, db_index=False, related_name="reservations"
    )
    units = models.BigIntegerField()
    owner = models.CharField(max_length=36)
    expires_at = models.DateTimeField()
    day = models.DateField(null=True)
    pattern = models.CharField(max_length=200, blank=True, db_default="")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.units}"


class UsageDay(models.Model):
    """Calls of one key to one model on one calendar day."""

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, db_constraint=False, db_index=False, related_name="usage"
    )
    model = models.CharField(max_length=200)
    day = models.DateField(db_index=True)
    calls = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key", "day", "model"), name="usageday_once"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.day}: {self.calls}"


class RequestRecord(models.Model):
    """One request, as `keys.records.RequestRecord` describes it field by field."""

    id = models.BigAutoField(primary_key=True)
    request_id = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    address = models.CharField(max_length=64)
    model = models.CharField(max_length=200)
    upstream_model = models.CharField(max_length=200)
    provider = models.CharField(max_length=100)
    credential_id = models.BigIntegerField(null=True)
    credential_label = models.CharField(max_length=200)
    client_dialect = models.CharField(max_length=32)
    upstream_dialect = models.CharField(max_length=32)
    operation = models.CharField(max_length=32)
    stream = models.BooleanField()
    status = models.IntegerField()
    error_code = models.CharField(max_length=64)
    detail = models.CharField(max_length=2048)
    first_byte_ms = models.BigIntegerField(null=True)
    duration_ms = models.BigIntegerField()
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    cached_tokens = models.BigIntegerField(null=True)
    thinking_tokens = models.BigIntegerField(null=True)
    units = models.BigIntegerField()
    attempts = models.TextField()
    dropped = models.TextField()

    class Meta:
        indexes = (models.Index(fields=("key", "at"), name="requestrecord_key_at"),)

    def __str__(self) -> str:
        return self.request_id


class StoredAnswer(models.Model):
    """An answer that its owner may go on from, sealed together with the conversation before it.

    Ids are an upstream's, so they are unique for a key only. `size` is that of `sealed`, in bytes.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.ForeignKey(
        ApiKey, models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    size = models.BigIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "name"), name="storedanswer_once"),)
        indexes = (models.Index(fields=("key", "created_at", "size"), name="storedanswer_age"),)

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """A counter that is raised in the transaction of every change that readers must see."""

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
