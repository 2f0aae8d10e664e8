"""What credentials have done today, and what they may do."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from credentials.usage import MOST
from panel.api.shapes.creds import CredUsage, Many


class UsageRow(CredUsage):
    """One credential's day."""

    id = serializers.IntegerField()
    filename = serializers.CharField()
    # The framework takes declared names off the class.
    label = serializers.CharField()  # type: ignore[assignment]
    provider = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()


class UsageStats(serializers.Serializer[Any]):
    """`total` counts all that are wanted; `next` is null at the end."""

    total = serializers.IntegerField()
    creds = UsageRow(many=True)
    next = serializers.CharField(allow_null=True)


class UsageTotal(serializers.Serializer[Any]):
    """`day_cap` is how many calls those with a daily cap may send together, `uncapped` how many
    have none: of those that are enabled."""

    credentials = serializers.IntegerField()
    calls = serializers.IntegerField()
    served = serializers.IntegerField()
    pro_calls = serializers.IntegerField()
    day_cap = serializers.IntegerField()
    uncapped = serializers.IntegerField()


class UsageAggregated(serializers.Serializer[Any]):
    """Of the day that ends at `reset_at`."""

    reset_at = serializers.DateTimeField()
    total = UsageTotal()
    providers = serializers.DictField(child=UsageTotal())


class Chosen(Many):
    """By `ids`, by `filenames`, or `all` of them."""

    all = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.pop("all", False):
            return super().validate(attrs)
        if attrs.keys() & {"ids", "filenames"}:
            raise serializers.ValidationError({"all": ["Write either `all`, or which ones."]})
        return attrs | {"all": True}


class LimitsNew(Chosen):
    """Of calls; 0 is no cap. What is not named stays."""

    minute_cap = serializers.IntegerField(required=False, min_value=0, max_value=MOST)
    day_cap = serializers.IntegerField(required=False, min_value=0, max_value=MOST)
    pro_cap = serializers.IntegerField(required=False, min_value=0, max_value=MOST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not {"minute_cap", "day_cap", "pro_cap"}.intersection(attrs):
            text = "Write at least one of minute_cap, day_cap and pro_cap."
            raise serializers.ValidationError({"day_cap": [text]})
        return super().validate(attrs)
