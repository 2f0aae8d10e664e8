"""Ledger entries and usage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from panel.api.shapes.strict import Pages, Strict

_MOST = timedelta(days=366)


class EntriesWanted(Pages):
    def validate_cursor(self, value: str | None) -> int | None:
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise serializers.ValidationError("This cursor is of no ledger.")
        return int(value)


class Entry(serializers.Serializer[Any]):
    """A change of a balance; `units` is signed, `balance` is after it."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    units = serializers.IntegerField()
    balance = serializers.IntegerField()
    day = serializers.DateField(allow_null=True)
    pattern = serializers.CharField()
    request_id = serializers.CharField()
    reason = serializers.CharField()


class Entries(serializers.Serializer[Any]):
    """Newest first."""

    entries = Entry(many=True)
    next = serializers.CharField(allow_null=True)


class UsageWanted(Strict):
    """Both days included; without them the last 30."""

    since = serializers.DateField(default=None)
    until = serializers.DateField(default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs["since"], attrs["until"]
        if since and until and not timedelta(0) <= until - since <= _MOST:
            raise serializers.ValidationError(
                {"since": [f"Write a day before `until`, at most {_MOST.days} days."]}
            )
        return attrs


class Point(serializers.Serializer[Any]):
    day = serializers.DateField()
    model = serializers.CharField()
    calls = serializers.IntegerField()
    failed = serializers.IntegerField()
    units = serializers.IntegerField()
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()


class Usage(serializers.Serializer[Any]):
    """One row for each model and day with calls."""

    since = serializers.DateField()
    until = serializers.DateField()
    days = Point(many=True)
