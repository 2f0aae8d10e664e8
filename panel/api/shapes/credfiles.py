"""Files of credentials, and environment variables that hold accounts. No shape has a secret."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Upload(serializers.Serializer[Any]):
    """`files` (or `files[]`) may be several; `provider` says whose keys they are where a file does
    not, `base_url` where that provider is."""

    files = serializers.ListField(child=serializers.FileField(), allow_empty=False)
    provider = serializers.CharField(default="", allow_blank=True, max_length=64)
    base_url = serializers.CharField(default="", allow_blank=True, max_length=500)


class Service(serializers.Serializer[Any]):
    """A provider that is not configured yet; `toml` is what the configuration file is to say."""

    name = serializers.CharField()
    toml = serializers.CharField()


class FileResult(serializers.Serializer[Any]):
    """`added` and `known` count credentials. `error` is empty unless nothing of the file could be
    imported, `notes` say what was left out."""

    name = serializers.CharField()
    added = serializers.IntegerField()
    known = serializers.IntegerField()
    error = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    ids = serializers.ListField(child=serializers.IntegerField())
    services = Service(many=True)


class Uploaded(serializers.Serializer[Any]):
    """A ZIP file gives a result for each file in it."""

    added = serializers.IntegerField()
    known = serializers.IntegerField()
    files = FileResult(many=True)


class Variable(serializers.Serializer[Any]):
    """`accounts` are in it, `loaded` of them are stored."""

    name = serializers.CharField()
    accounts = serializers.IntegerField()
    loaded = serializers.IntegerField()
    error = serializers.CharField()


class EnvStatus(serializers.Serializer[Any]):
    """`stored` counts what variables brought, also those that are gone."""

    stored = serializers.IntegerField()
    loaded = serializers.IntegerField()
    variables = Variable(many=True)


class EnvLoaded(serializers.Serializer[Any]):
    """`broken` are the variables that could not be read, or not all of."""

    added = serializers.IntegerField(source="synced.added")
    enabled = serializers.IntegerField(source="synced.enabled")
    disabled = serializers.IntegerField(source="synced.disabled")
    kept = serializers.IntegerField(source="synced.kept")
    broken = Variable(many=True)


class EnvCleared(serializers.Serializer[Any]):
    removed = serializers.IntegerField()
