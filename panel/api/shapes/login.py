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
    password = _password()


class Password(Strict):
    old = _password()
    new = _password(SHORTEST)


class Token(serializers.Serializer[Any]):
    """`expires_in` in seconds."""

    token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField()


class Query(Strict):
    api_key = serializers.CharField(max_length=4 * LENGTH, write_only=True)


class Claim(Strict):
    token = serializers.CharField(max_length=200, write_only=True)
