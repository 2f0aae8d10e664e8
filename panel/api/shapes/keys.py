"""Keys, as the administrator writes and reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from keys.listing import Sort, State
from keys.making import MOST
from panel.api.shapes.strict import REASON, UNITS, Moment, Pages, Reason, Strict
from panel.keeping import QUOTA


class KeyEdit(Strict):
    """What may be changed of a key: never its secret, and never a figure of its quota. A date as
    `expires_at` is that whole day in the key's time zone."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "total_quota": "A quota is set by POST /auth/keys/{id}/resize, and added to by "
        "POST /auth/keys/{id}/grant."
    }

    description = serializers.CharField(required=False, allow_blank=True, max_length=500)
    owner = serializers.CharField(required=False, allow_blank=True, max_length=200)
    enabled = serializers.BooleanField(required=False)
    expires_at = Moment(required=False, allow_null=True)
    days_from_first_use = serializers.IntegerField(required=False, allow_null=True)
    daily_quota = serializers.IntegerField(required=False, allow_null=True)
    time_zone = serializers.CharField(required=False, max_length=64)
    model_daily = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="model name or glob → units"
    )
    rpm = serializers.IntegerField(required=False, allow_null=True)
    concurrency = serializers.IntegerField(required=False, allow_null=True)
    waiting = serializers.IntegerField(required=False)
    models = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    networks = serializers.ListField(child=serializers.CharField(max_length=64), required=False)


class KeyNew(KeyEdit):
    """`total_quota` is the first grant; null, and only that, is unlimited. With `link_days` the
    answer has a link token that shows the key once, so long."""

    elsewhere: ClassVar[Mapping[str, str]] = {}

    total_quota = serializers.IntegerField(
        default=QUOTA, allow_null=True, min_value=0, max_value=UNITS
    )
    link_days = serializers.IntegerField(
        default=None, allow_null=True, min_value=1, max_value=3_650
    )


class KeysNew(KeyNew):
    """Keys that differ in their secrets, and in the numbers after their descriptions."""

    count = serializers.IntegerField(min_value=1, max_value=MOST)


class HandOut(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Used(serializers.Serializer[Any]):
    """`failed` are those of the calls that failed, or broke off."""

    calls = serializers.IntegerField()
    failed = serializers.IntegerField()
    units = serializers.IntegerField()


class Balance(serializers.Serializer[Any]):
    """Units; null where there is no limit. `api_key` is masked."""

    id = serializers.IntegerField()
    api_key = serializers.CharField()
    description = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    enabled = serializers.BooleanField()
    total_quota = serializers.IntegerField(allow_null=True)
    used_quota = serializers.IntegerField()
    reserved_quota = serializers.IntegerField()
    remaining_quota = serializers.IntegerField(allow_null=True)
    usage_percentage = serializers.FloatField(allow_null=True)
    model_stats = serializers.DictField(child=Used())


class Key(Balance):
    owner = serializers.CharField()
    created_by = serializers.CharField()
    days_from_first_use = serializers.IntegerField(allow_null=True)
    first_used_at = serializers.DateTimeField(allow_null=True)
    daily_quota = serializers.IntegerField(allow_null=True)
    time_zone = serializers.CharField()
    model_daily = serializers.DictField(child=serializers.IntegerField())
    rpm = serializers.IntegerField(allow_null=True)
    concurrency = serializers.IntegerField(allow_null=True)
    waiting = serializers.IntegerField()
    models = serializers.ListField(child=serializers.CharField())
    networks = serializers.ListField(child=serializers.CharField())
    flagged_at = serializers.DateTimeField(allow_null=True)
    flag_reason = serializers.CharField()


class Allowance(serializers.Serializer[Any]):
    quota = serializers.IntegerField()
    used = serializers.IntegerField()
    remaining = serializers.IntegerField()


class Daily(serializers.Serializer[Any]):
    """The allowances of this day, which come back at `reset_at`."""

    daily_quota = serializers.IntegerField(allow_null=True)
    daily_used = serializers.IntegerField(allow_null=True)
    daily_remaining = serializers.IntegerField(allow_null=True)
    daily_models = serializers.DictField(child=Allowance())
    time_zone = serializers.CharField()
    reset_at = serializers.DateTimeField(allow_null=True)


class KeyDetail(Key, Daily):
    """A key with its day."""


class Quota(Balance, Daily):
    """What the holder of a key sees of it."""


class KeyMade(Key):
    """`api_key` is whole: this is the only answer that shows it."""

    hand_out = HandOut(allow_null=True)


class KeysMade(serializers.Serializer[Any]):
    keys = KeyMade(many=True)


class KeysWanted(Pages):
    """`search`: part of a description or owner, an id, the beginning of a key, or a whole one.
    `state` may be several with commas. A `sort` with `-` before it goes downwards."""

    search = serializers.CharField(default="", allow_blank=True, max_length=200)
    state = serializers.CharField(
        default="", allow_blank=True, help_text=f"of {', '.join(State)}; with commas"
    )
    sort = serializers.ChoiceField([*Sort, *(f"-{each}" for each in Sort)], default=f"-{Sort.ID}")

    def validate_state(self, value: str) -> tuple[State, ...]:
        names = [name.strip() for name in value.split(",") if name.strip()]
        try:
            return tuple(State(name) for name in names)
        except ValueError:
            raise serializers.ValidationError(f"Write some of {', '.join(State)}.") from None


class Keys(serializers.Serializer[Any]):
    """`total_keys` counts all that are wanted; `next` is null at the end."""

    total_keys = serializers.IntegerField()
    keys = Key(many=True)
    next = serializers.CharField(allow_null=True)


class Move(Reason):
    units = serializers.IntegerField(min_value=1, max_value=UNITS)


class Resize(Strict):
    """`total_quota` null is unlimited."""

    total_quota = serializers.IntegerField(allow_null=True, min_value=0, max_value=UNITS)
    reason = serializers.CharField(default="", allow_blank=True, max_length=REASON)


class Actions(Strict):
    action = serializers.ChoiceField(["enable", "disable", "delete", "unflag"])
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        min_length=1,
        max_length=500,
    )


class ActionError(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    message = serializers.CharField()


class ActionsDone(serializers.Serializer[Any]):
    success_count = serializers.IntegerField()
    total_count = serializers.IntegerField()
    # The framework takes declared names off the class.
    errors = ActionError(many=True)  # type: ignore[assignment]
