"""Passwords, tokens and keys that are sent to be let in."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from keys.secret import LENGTH
from panel.api.shapes.strict import Strict
from panel.password import LONGEST, SHORTEST


def _password(least: int = 1) -> serializers.CharField:
    return serializers.CharField(
        min_length=least, max_length=LONGEST, trim_whitespace=False, write_only=True
    )


class Login(Strict):
    """`code` where a second factor is on: of the authenticator, or a recovery code."""

    password = _password()
    code = serializers.CharField(max_length=100, default="", allow_blank=True, write_only=True)


class Logout(Strict):
    """`everywhere` ends the sessions of all browsers and scripts."""

    everywhere = serializers.BooleanField(default=False)


class Password(Strict):
    old = _password()
    new = _password(SHORTEST)


class Token(serializers.Serializer[Any]):
    """Seconds: `expires_in` of this token, `session_ends_in` of the last that it can be refreshed
    to."""

    token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()
    session_ends_in = serializers.IntegerField()


class Query(Strict):
    api_key = serializers.CharField(max_length=4 * LENGTH, write_only=True)


class Claim(Strict):
    token = serializers.CharField(max_length=200, write_only=True)
