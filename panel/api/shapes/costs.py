"""What models cost."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from panel.api.shapes.strict import UNITS, Strict


class CostNew(Strict):
    """`model_name` is exact, or a glob."""

    model_name = serializers.CharField(max_length=255)
    cost = serializers.IntegerField(min_value=0, max_value=UNITS)


class Cost(serializers.Serializer[Any]):
    model_name = serializers.CharField()
    cost = serializers.IntegerField()


class CostAsked(Cost):
    """`is_default`: no row of the table decided, but the name's family."""

    is_default = serializers.BooleanField()


class Costs(serializers.Serializer[Any]):
    default_cost = serializers.IntegerField()
    model_costs = serializers.DictField(child=serializers.IntegerField())
