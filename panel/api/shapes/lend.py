"""What people lend, as they say it and as they are answered. No answer has a secret of theirs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from credentials.lending.wording import Language
from credentials.oauth.answer import LONGEST
from credentials.usage import MOST
from panel.api.shapes.strict import Strict
from panel.pages.lend.ways import Method


class LendStart(Strict):
    """`provider` and `method` as `GET /auth` lists them; `terms` is the version of what was read,
    and `agree` has to be true. `secret` is the key, or the text of a service account's JSON, for
    the methods key and file. `reward_key` is a whole key of this gateway."""

    provider = serializers.CharField(max_length=64)
    method = serializers.ChoiceField(list(Method))
    terms = serializers.CharField(max_length=40)
    language = serializers.ChoiceField(list(Language), required=False)
    agree = serializers.BooleanField()
    secret = serializers.CharField(required=False, max_length=20_000, write_only=True)
    name = serializers.CharField(default="", allow_blank=True, max_length=100)
    contact = serializers.CharField(default="", allow_blank=True, max_length=200)
    day_cap = serializers.IntegerField(default=0, min_value=0, max_value=MOST)
    invite = serializers.CharField(default="", allow_blank=True, max_length=100, write_only=True)
    reward_key = serializers.CharField(
        default="", allow_blank=True, max_length=200, write_only=True
    )

    def validate_agree(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("Lending needs consent to the terms.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        pasted = attrs["method"] in (Method.KEY, Method.FILE)
        if pasted != bool(attrs.get("secret")):
            text = "Paste it here." if pasted else "Nothing is pasted for this method."
            raise serializers.ValidationError({"secret": [text]})
        return attrs


class LendAnswer(Strict):
    """What the consent page has put into the address that it sent the browser to."""

    state = serializers.CharField(max_length=4_096, write_only=True)
    code = serializers.CharField(required=False, max_length=4_096, write_only=True)
    error = serializers.CharField(required=False, max_length=200)
    iss = serializers.CharField(required=False, max_length=1_000)


class LendAddress(Strict):
    """The whole address on which the browser ended."""

    url = serializers.CharField(max_length=LONGEST, write_only=True)


class LendTerms(serializers.Serializer[Any]):
    """Paragraphs, in this order; `label` names the risk in a few words."""

    version = serializers.CharField()
    language = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    use = serializers.ListField(child=serializers.CharField())
    cost = serializers.ListField(child=serializers.CharField())
    back = serializers.ListField(child=serializers.CharField())
    extra = serializers.ListField(child=serializers.CharField())


class LendWay(serializers.Serializer[Any]):
    provider = serializers.CharField()
    method = serializers.CharField()
    kind = serializers.CharField()
    risk = serializers.CharField()
    terms = LendTerms()


class LendOffers(serializers.Serializer[Any]):
    """`open` is off, open, or invite (whoever has a code)."""

    open = serializers.CharField()
    ways = LendWay(many=True)


class LendState(serializers.Serializer[Any]):
    """`status` is pending, done, failed or expired; `error` a sentence.

    Pending: `url` is the consent page, and with `paste` the browser will end on an address that
    has to be sent to `/auth/callback-url`; or `user_code` is to be typed in at
    `verification_uri`, and `after` is how many seconds to wait before asking again. Done:
    `receipt` is the contribution's page, told this once, and `state` what became of it.
    """

    id = serializers.CharField(default=None, allow_null=True)
    status = serializers.CharField()
    error = serializers.CharField(default="")
    url = serializers.CharField(required=False)
    paste = serializers.BooleanField(required=False)
    user_code = serializers.CharField(required=False)
    verification_uri = serializers.CharField(required=False)
    verification_uri_complete = serializers.CharField(required=False)
    after = serializers.IntegerField(required=False)
    expires_at = serializers.DateTimeField(required=False)
    receipt = serializers.CharField(required=False)
    state = serializers.CharField(required=False)
