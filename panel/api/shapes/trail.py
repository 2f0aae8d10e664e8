"""The audit trail."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from panel.api.shapes.strict import Pages, Strict
from panel.audit.export import FORMS

_ROOM = 200


class _Which(Strict):
    """`group` is the noun of actions ("key"), `target` exact ("key 12"), `text` any words."""

    group = serializers.CharField(default="", allow_blank=True, max_length=64)
    action = serializers.CharField(default="", allow_blank=True, max_length=64)
    target = serializers.CharField(default="", allow_blank=True, max_length=_ROOM)
    text = serializers.CharField(default="", allow_blank=True, max_length=_ROOM)
    since = serializers.DateTimeField(default=None, allow_null=True)
    until = serializers.DateTimeField(default=None, allow_null=True)


class TrailWanted(_Which, Pages):
    def validate_cursor(self, value: str | None) -> int | None:
        if value is None:
            return None
        if not value.isascii() or not value.isdigit() or len(value) > 18:
            raise serializers.ValidationError("This cursor is of no audit trail.")
        return int(value)


class TrailFile(_Which):
    form = serializers.ChoiceField(choices=list(FORMS), default=FORMS[0])


class Deed(serializers.Serializer[Any]):
    """Something that was done. `before` and `after` hold what changed; `sound` is false for an
    entry that is not as it was written, or does not follow the one before it."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    address = serializers.CharField()
    action = serializers.CharField()
    target = serializers.CharField()
    before = serializers.DictField()
    after = serializers.DictField()
    sound = serializers.BooleanField()


class Trail(serializers.Serializer[Any]):
    """Newest first."""

    entries = Deed(many=True)
    next = serializers.CharField(allow_null=True)
