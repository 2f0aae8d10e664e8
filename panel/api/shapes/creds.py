"""Credentials, as the administrator reads and changes them. No shape has a secret."""

from __future__ import annotations

import enum
from typing import Any

from rest_framework import serializers

from credentials.kinds import Kind, Source
from credentials.listing import LONGEST, Sort, State
from panel.api.shapes.strict import Pages, Strict
from panel.tending import Action

_ID = 2**63 - 1
_NAME = 200
MOST = 500


class Several(serializers.CharField):
    """Some of a closed set, with commas."""

    def __init__(self, of: type[enum.StrEnum], **more: Any) -> None:
        super().__init__(
            default="", allow_blank=True, help_text=f"of {', '.join(of)}; with commas", **more
        )
        self._of = of

    def to_internal_value(self, data: Any) -> Any:
        names = [name.strip() for name in super().to_internal_value(data).split(",")]
        try:
            return tuple(self._of(name) for name in names if name)
        except ValueError:
            raise serializers.ValidationError(f"Write some of {', '.join(self._of)}.") from None


class CredsWanted(Pages):
    """`error_code`: the status of the last failure. `cooling`: a model that they do not serve
    now. `search`: part of a label, a provider or an e-mail address, or an id. `provider` may be
    several with commas. A `sort` with `-` before it goes downwards."""

    search = serializers.CharField(default="", allow_blank=True, max_length=_NAME)
    kind = Several(Kind)
    state = Several(State)
    # The framework takes declared names off the class.
    source = Several(Source)  # type: ignore[assignment]
    provider = serializers.CharField(default="", allow_blank=True, max_length=_NAME)
    error_code = serializers.IntegerField(
        default=None, allow_null=True, min_value=100, max_value=599
    )
    cooling = serializers.CharField(default="", allow_blank=True, max_length=_NAME)
    sort = serializers.ChoiceField([*Sort, *(f"-{each}" for each in Sort)], default=f"-{Sort.ID}")
    cursor = serializers.CharField(default=None, allow_null=True, max_length=LONGEST)

    def validate_provider(self, value: str) -> tuple[str, ...]:
        return tuple(name.strip().lower() for name in value.split(",") if name.strip())


class CredMishap(serializers.Serializer[Any]):
    """One failure. `status` is the upstream's, 0 where there was none; `excerpt` what it said,
    without anything that looks like a secret."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField()
    reason = serializers.CharField()
    excerpt = serializers.CharField()


class CoolingModel(serializers.Serializer[Any]):
    """A model that the credential does not serve now; `until` null is until it is pardoned."""

    model = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class CredUsage(serializers.Serializer[Any]):
    """Of this day, which ends at `reset_at`: requests sent, answered, and sent for Pro models. A
    cap of 0 is none; `lender_cap` is what the lender of a contribution allows."""

    calls = serializers.IntegerField(source="today.calls")
    served = serializers.IntegerField(source="today.served")
    pro_calls = serializers.IntegerField(source="today.pro")
    minute_cap = serializers.IntegerField(source="today.caps.minute")
    day_cap = serializers.IntegerField(source="today.caps.day")
    pro_cap = serializers.IntegerField(source="today.caps.pro")
    lender_cap = serializers.IntegerField()
    reset_at = serializers.DateTimeField(source="today.reset_at")


class Cred(CredUsage):
    """`filename` is that of its export. `state` is one of healthy, cooling (until `until`),
    banned, off (not enabled) and held (a contribution that is not lent now). `risk`: key and robot
    are made for programs; account is a person's, and lending it is against some vendors' terms."""

    id = serializers.IntegerField()
    filename = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    provider = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    risk = serializers.CharField()
    state = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    cooling_models = CoolingModel(many=True, source="parked")
    last_error = CredMishap(allow_null=True)
    email = serializers.CharField()
    project = serializers.CharField()
    has_proxy = serializers.BooleanField()
    weight = serializers.IntegerField()
    enabled = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    contribution = serializers.IntegerField(allow_null=True)
    contributed_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class CredDetail(Cred):
    """The last twenty errors, newest first. `proxy` is without user and password. A banned one is
    asked again at `probe_at`, after `probes` questions in vain."""

    base_url = serializers.CharField()
    location = serializers.CharField()
    proxy = serializers.CharField()
    # The framework takes declared names off the class.
    errors = CredMishap(many=True)  # type: ignore[assignment]
    probes = serializers.IntegerField()
    probe_at = serializers.DateTimeField(allow_null=True)


class CredCounts(serializers.Serializer[Any]):
    """Of all credentials, whatever the list is narrowed to."""

    total = serializers.IntegerField()
    states = serializers.DictField(child=serializers.IntegerField())
    providers = serializers.DictField(child=serializers.IntegerField())
    kinds = serializers.DictField(child=serializers.IntegerField())


class Creds(serializers.Serializer[Any]):
    """`total` counts all that are wanted; `next` is null at the end."""

    total = serializers.IntegerField()
    counts = CredCounts()
    creds = Cred(many=True)
    next = serializers.CharField(allow_null=True)


class CredEdit(Strict):
    """`proxy` is a URL, `direct`, or empty for the one for all; `base_url` empty is the
    provider's own. A cap of 0 is none."""

    label = serializers.CharField(  # type: ignore[assignment]
        required=False, allow_blank=True, max_length=_NAME
    )
    weight = serializers.IntegerField(required=False)
    minute_cap = serializers.IntegerField(required=False)
    day_cap = serializers.IntegerField(required=False)
    pro_cap = serializers.IntegerField(required=False)
    proxy = serializers.CharField(required=False, allow_blank=True, max_length=500, write_only=True)
    base_url = serializers.CharField(required=False, allow_blank=True, max_length=500)


class One(Strict):
    """By `id`, or by `filename`."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=_ID)
    filename = serializers.CharField(required=False, max_length=_NAME)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _exactly_one(attrs, "id", "filename")


class Many(Strict):
    """By `ids`, or by `filenames`; at most 500."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=_ID),
        required=False,
        min_length=1,
        max_length=MOST,
    )
    filenames = serializers.ListField(
        child=serializers.CharField(max_length=_NAME),
        required=False,
        min_length=1,
        max_length=MOST,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _exactly_one(attrs, "ids", "filenames")


class Verb(serializers.CharField):
    """Not a choice, whose name in the document would be that of other choices, too."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, help_text=f"one of {', '.join(Action)}", **more)

    def to_internal_value(self, data: Any) -> Any:
        try:
            return Action(super().to_internal_value(data))
        except ValueError:
            raise serializers.ValidationError(f"Write one of {', '.join(Action)}.") from None


class CredAction(One):
    action = Verb()


class CredActions(Many):
    """`test` and `refresh` take at most 50 at once."""

    action = Verb()


class CredDone(serializers.Serializer[Any]):
    """`ok` is false where a test or a renewal failed; `message` says why. `outcome`, `status` (the
    upstream's) and `seconds` are those of a test."""

    id = serializers.IntegerField()
    ok = serializers.BooleanField()
    message = serializers.CharField()
    outcome = serializers.CharField(source="result.outcome", default=None, allow_null=True)
    status = serializers.IntegerField(source="result.status", default=None, allow_null=True)
    seconds = serializers.FloatField(source="result.seconds", default=None, allow_null=True)


class CredProblem(serializers.Serializer[Any]):
    """`id` is null where a file name is of no credential."""

    id = serializers.IntegerField(allow_null=True)
    filename = serializers.CharField(allow_null=True)
    message = serializers.CharField()


class CredsDone(serializers.Serializer[Any]):
    success_count = serializers.IntegerField()
    total_count = serializers.IntegerField()
    # The framework takes declared names off the class.
    errors = CredProblem(many=True)  # type: ignore[assignment]


class EmailsWanted(Strict):
    """50 accounts are asked at once; `after` is the `next` of the answer before. With `known`
    those whose address is known are asked once more."""

    known = serializers.BooleanField(default=False)
    after = serializers.IntegerField(default=0, min_value=0, max_value=_ID)


class CredEmail(serializers.Serializer[Any]):
    """`email` is empty where it was not told; `message` says why."""

    id = serializers.IntegerField()
    email = serializers.CharField()
    message = serializers.CharField()


class CredEmails(CredsDone):
    """`next` is null when all were asked."""

    emails = CredEmail(many=True)
    next = serializers.IntegerField(allow_null=True)


def _exactly_one(attrs: dict[str, Any], one: str, other: str) -> dict[str, Any]:
    if (one in attrs) == (other in attrs):
        raise serializers.ValidationError({one: [f"Write either `{one}` or `{other}`."]})
    return attrs
