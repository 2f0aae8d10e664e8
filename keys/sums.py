"""What is stored of many requests together: sums by hour and day, and how far the adding has come.

Nothing here is written on the request path: `keys.rollup` makes it from the request records, and
`keys.tops` from the sums of days.
"""

from __future__ import annotations

from django.db import models


class Summed(models.Model):
    """Calls that one model of one provider answered, or failed with one code, from an hour on.

    `hour` counts from 1970 in UTC (`keys.hours`). `code` is "" for answered calls, else the stable
    code of the failure, or the HTTP status where it had none. `model` is the upstream's name; of a
    call that no upstream was asked for, the name asked for if an upstream has it, else "".
    `first_…` count answered calls by the time to their first byte, see `keys.hours.BOUNDS`.
    """

    id = models.BigAutoField(primary_key=True)
    hour = models.BigIntegerField()
    provider = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=64, blank=True)
    calls = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    first_0 = models.BigIntegerField(default=0)
    first_1 = models.BigIntegerField(default=0)
    first_2 = models.BigIntegerField(default=0)
    first_3 = models.BigIntegerField(default=0)
    first_4 = models.BigIntegerField(default=0)
    first_5 = models.BigIntegerField(default=0)
    first_6 = models.BigIntegerField(default=0)
    first_7 = models.BigIntegerField(default=0)
    first_8 = models.BigIntegerField(default=0)
    first_9 = models.BigIntegerField(default=0)
    first_10 = models.BigIntegerField(default=0)
    first_11 = models.BigIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.hour} {self.model} {self.code}: {self.calls}"


class UsageHour(Summed):
    """Those of one hour."""

    class Meta:
        app_label = "keys"
        constraints = (
            models.UniqueConstraint(
                fields=("hour", "provider", "model", "code"), name="usagehour_once"
            ),
        )


class UsageDate(Summed):
    """Those of one day in UTC, which `hour` begins: a month of hours has tens of thousands of rows,
    too many for a page."""

    class Meta:
        app_label = "keys"
        constraints = (
            models.UniqueConstraint(
                fields=("hour", "provider", "model", "code"), name="usagedate_once"
            ),
        )


class TopKey(models.Model):
    """One of the keys that used most in the last `days` days, this one included. The first has the
    `place` 0."""

    id = models.BigAutoField(primary_key=True)
    days = models.IntegerField()
    place = models.IntegerField()
    key_id = models.BigIntegerField()
    calls = models.BigIntegerField()
    failed = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        app_label = "keys"
        constraints = (models.UniqueConstraint(fields=("days", "place"), name="topkey_once"),)

    def __str__(self) -> str:
        return f"{self.days} days, {self.place}: key {self.key_id}"


class Progress(models.Model):
    """How far a job of the background has come, and until when one process has it to itself.

    `value` or `day` says how far: an hour, an id, or the first day that is kept.
    """

    name = models.CharField(max_length=32, primary_key=True)
    value = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        app_label = "keys"

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
