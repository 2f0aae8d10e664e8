"""The OpenAPI document of the REST API, made from its views and shapes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.settings import patched_settings

from panel.auth import cookie

Json = dict[str, Any]

_TITLE = "Potluck"
_ABOUT = (
    "Keys, quotas and costs. Errors are `{error: {code, message, fields?}}`. Times are UTC; units "
    "are whole numbers. The model API is not here: it speaks its dialects' own words."
)
_TAGS = {
    "login": gettext_noop("The administrator's session"),
    "keys": gettext_noop("Keys"),
    "quota": gettext_noop("What moves a key's quota, and its history"),
    "costs": gettext_noop("What calls cost"),
    "holder": gettext_noop("For whoever has a key"),
    "requests": gettext_noop("The request log"),
    "logs": gettext_noop("The live log"),
    "settings": gettext_noop("What the gateway goes by"),
    "audit": gettext_noop("The audit trail"),
    "lending": gettext_noop("What people lend to the pool"),
    "credentials": gettext_noop("The pool's credentials, and what they did today"),
}


_ERROR = {
    "type": "object",
    "description": "`code` is stable, `message` says what to do.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
}
_FAILED = {
    "description": "An error",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


class _Administrator(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "panel.auth.rest.AdminAuthentication"
    name = ["administrator", "browser"]  # noqa: RUF012 - the library's form

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Json]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "A token of /auth/login, or the panel password.",
            },
            {
                "type": "apiKey",
                "in": "cookie",
                "name": cookie.NAME,
                "description": "A browser's session; unsafe methods need X-CSRFToken too.",
            },
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[Json]:
        return [{"administrator": []}, {"browser": []}]


class _Key(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "panel.auth.rest.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {"type": "http", "scheme": "bearer", "description": "A gateway key, sk-…"}


@lru_cache(maxsize=1)
def document() -> Json:
    """Made at the first look, in a few hundred milliseconds."""
    ours = {
        "TITLE": _TITLE,
        "DESCRIPTION": _ABOUT,
        "VERSION": getattr(settings, "POTLUCK_VERSION", ""),
        "TAGS": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "COMPONENT_SPLIT_REQUEST": True,
        "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    }
    with patched_settings(ours):
        found: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found["components"]["schemas"]["Error"] = _ERROR
    for methods in found["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = _FAILED
    return found
