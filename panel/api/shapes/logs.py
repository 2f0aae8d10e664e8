"""The live log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from panel.api.shapes.strict import Strict
from panel.logs.wanted import LEVELS, LONGEST


class Download(Strict):
    """`memory` is what the live log shows, `file` the end of LOG_FILE, with every level in it."""

    origin = serializers.ChoiceField(choices=["memory", "file"], default="memory")
    level = serializers.ChoiceField(choices=list(LEVELS), default="debug")
    text = serializers.CharField(default="", allow_blank=True, max_length=LONGEST)


class Cleared(serializers.Serializer[Any]):
    """How many lines, of which process."""

    cleared = serializers.IntegerField()
    process = serializers.IntegerField()
