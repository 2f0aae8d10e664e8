"""The request log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from keys.requests import Ended
from panel.api.shapes.strict import Pages, Strict

_ID = 2**63 - 1
_ROOM = 200


class _Filters(Strict):
    """What is not said does not narrow; the rest narrows together. Times are with their offset."""

    since = serializers.DateTimeField(default=None)
    until = serializers.DateTimeField(default=None)
    key = serializers.IntegerField(
        default=None, min_value=1, max_value=_ID, help_text="The key's id."
    )
    model = serializers.CharField(
        default="",
        max_length=_ROOM,
        help_text="A part of the name asked for, or of the answerer's.",
    )
    credential = serializers.IntegerField(default=None, min_value=1, max_value=_ID)
    provider = serializers.CharField(default="", max_length=_ROOM)
    dialect = serializers.CharField(
        default="", max_length=_ROOM, help_text="The client's or the upstream's."
    )
    ended = serializers.ChoiceField(
        choices=[each.value for each in Ended], default=None, help_text="In the plainest words."
    )
    status = serializers.IntegerField(default=None, min_value=100, max_value=599)
    error_code = serializers.CharField(default="", max_length=_ROOM)
    slower = serializers.IntegerField(
        default=None, min_value=0, max_value=_ID, help_text="Took more milliseconds than this."
    )
    stream = serializers.BooleanField(default=None, allow_null=True)
    dropped = serializers.BooleanField(default=False, help_text="A translation lost something.")
    request_id = serializers.CharField(default="", max_length=_ROOM)
    address = serializers.CharField(default="", max_length=_ROOM, help_text="Its beginning.")


class RequestsWanted(_Filters, Pages):
    """Newest first; `cursor` is the `next` of the page before."""


class Request(serializers.Serializer[Any]):
    """One call. `units` is what was charged; tokens are null where nobody said, `first_byte_ms`
    where no answer began."""

    request_id = serializers.CharField()
    at = serializers.DateTimeField()
    key_id = serializers.IntegerField(allow_null=True)
    address = serializers.CharField()
    model = serializers.CharField()
    upstream_model = serializers.CharField()
    provider = serializers.CharField()
    credential_id = serializers.IntegerField(allow_null=True)
    credential_label = serializers.CharField()
    client_dialect = serializers.CharField()
    upstream_dialect = serializers.CharField()
    operation = serializers.CharField()
    stream = serializers.BooleanField()
    status = serializers.IntegerField()
    error_code = serializers.CharField()
    detail = serializers.CharField()
    first_byte_ms = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField()
    input_tokens = serializers.IntegerField(allow_null=True)
    output_tokens = serializers.IntegerField(allow_null=True)
    cached_tokens = serializers.IntegerField(allow_null=True)
    thinking_tokens = serializers.IntegerField(allow_null=True)
    units = serializers.IntegerField()
    dropped = serializers.CharField()


class Requests(serializers.Serializer[Any]):
    """`searched` is set where the search paused before the page was full: everything since then
    was looked through, and `next` goes on from there. At the end `next` is null."""

    requests = Request(many=True)
    next = serializers.CharField(allow_null=True)
    searched = serializers.DateTimeField(allow_null=True)


class Attempt(serializers.Serializer[Any]):
    """One credential that was asked. `seconds` is null where nobody noted it."""

    credential_id = serializers.IntegerField(
        source="credential", help_text="0: there was none to ask."
    )
    credential_label = serializers.CharField(source="label")
    result = serializers.CharField()
    reason = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)


class RequestDetail(Request):
    attempts = Attempt(many=True)
