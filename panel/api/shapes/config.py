"""Settings."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError

from panel.bridge import Setting

_MOST = 200
_SHAPE = 'Write setting names and their values in one object, as {"AUTO_BAN": "false"}.'
_KINDS = ("flag", "choice", "integer", "number", "text", "prose", "list", "secret")
_SOURCES = ("environment", "stored", "file", "default")


class SettingShown(serializers.Serializer[Any]):
    """A setting. `value` and `default` are texts as they are typed, null for a secret, of which
    `is_set` tells; lists have commas. `locked`: it cannot be changed here, because the environment
    has it or because it is never stored. `hot`: it holds at once; `waits`: it was changed, and the
    process still goes by the value before."""

    name = serializers.CharField()
    group = serializers.CharField()
    kind = serializers.CharField(help_text=", ".join(_KINDS))
    choices = serializers.ListField(child=serializers.CharField())
    value = serializers.CharField(allow_null=True)
    default = serializers.CharField(allow_null=True)
    is_set = serializers.BooleanField()
    source = serializers.CharField(help_text=", ".join(_SOURCES))  # type: ignore[assignment]
    locked = serializers.BooleanField()
    hot = serializers.BooleanField()
    waits = serializers.BooleanField()
    help = serializers.CharField()
    expects = serializers.CharField()
    changed_at = serializers.DateTimeField(allow_null=True)


class Config(serializers.Serializer[Any]):
    """In the order of the reference."""

    settings = SettingShown(many=True)


class ConfigSaved(serializers.Serializer[Any]):
    """Names of the settings that have another value now, and of those that wait for a restart."""

    changed = serializers.ListField(child=serializers.CharField())
    restart = serializers.ListField(child=serializers.CharField())


class Typed(serializers.Field[Any, Any, Any, Any]):
    """A text as it is typed; a number, a boolean or a list of texts is written out. Null forgets
    what was stored."""

    def to_internal_value(self, data: Any) -> str | None:
        match data:
            case bool():
                return str(data).lower()
            case str():
                return data
            case int() | float():
                return str(data)
            case list() if all(isinstance(each, str | int) for each in data):
                return ",".join(map(str, data))
            case _:
                raise serializers.ValidationError(
                    "Write a text, a number, true or false, a list of texts, or null."
                )

    def to_representation(self, value: Any) -> Any:
        return value


class ConfigSave(serializers.DictField):
    """Setting's name → value."""

    child = Typed(allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, str | None]:
        if not isinstance(data, dict):
            raise ParseError(_SHAPE)
        if not 0 < len(data) <= _MOST:
            raise ParseError(f"{_SHAPE} Name 1 to {_MOST} of them.")
        if isinstance(data.get("values"), dict):
            raise ParseError(f"{_SHAPE} There is nothing around them.")
        found: dict[str, str | None] = super().to_internal_value(data)
        return found


SAVED = {
    "type": "object",
    "description": "Setting's name → value, as a text or as what it is; null forgets it.",
    "minProperties": 1,
    "maxProperties": _MOST,
    "additionalProperties": {
        "nullable": True,
        "oneOf": [
            {"type": "string"},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
        ],
    },
}
"""`ConfigSave` as OpenAPI has it."""


def shown(each: Setting) -> dict[str, Any]:
    """What `SettingShown` is made of."""
    hidden = each.is_secret
    return each._asdict() | {
        "value": None if hidden else each.value,
        "default": None if hidden else each.default,
        "locked": each.source == "environment" or not each.storable,
        "help": each.help_en,
    }
