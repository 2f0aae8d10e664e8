"""A request that names something unknown is wrong, rather than half understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

UNITS = 10**15
REASON = 200


class Strict(serializers.Serializer[Any]):
    """`elsewhere`: names that somebody may look for here → where they are. A context of `{"query":
    True}` says that the names are those of an address."""

    elsewhere: ClassVar[Mapping[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        found = super().to_internal_value(data)
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise serializers.ValidationError({name: [self._unknown(name)] for name in unknown})
        return found

    def _unknown(self, name: str) -> str:
        if name in self.elsewhere:
            return self.elsewhere[name]
        noun = "parameter" if self.context.get("query") else "field"
        known = ", ".join(self.fields)
        return f"There is no {noun} of this name. " + (
            f"These may be here: {known}." if known else "None is read here."
        )


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[Any, Any, Any, Any]):
    """A time with its offset, or a date, which is that whole day; `keys.attributes` reads it."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise serializers.ValidationError("Write a date, or a time with its offset.")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Reason(Strict):
    """Why a balance changes, for the ledger."""

    reason = serializers.CharField(default="", allow_blank=True, max_length=REASON)


class Pages(Strict):
    """`cursor` is the `next` of the page before."""

    limit = serializers.IntegerField(default=50, min_value=1, max_value=500)
    cursor = serializers.CharField(default=None, allow_null=True, max_length=200)
