"""`/api/schema`, and `/api/docs`: the same as a page of our own, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from panel.api import schema
from panel.api.base import View
from panel.api.schema import Json
from panel.auth import admin_required


class Always(BaseContentNegotiation):
    """Whatever kind of document is asked for, this one is there in JSON only."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class SchemaView(View):
    content_negotiation_class = Always

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(schema.document())


class Field(NamedTuple):
    name: str
    kind: str
    required: bool
    about: str


class Operation(NamedTuple):
    method: str
    path: str
    summary: str
    about: str
    who: str
    asked: list[Field]
    sent: list[Field]
    status: str
    answered: list[Field]


class Group(NamedTuple):
    name: str
    about: str
    operations: list[Operation]


@gzip_page  # It is long, and has nothing in it that is secret.
@require_safe
@admin_required
def page(request: HttpRequest) -> HttpResponse:
    context = {"groups": groups(schema.document()), "frame": "console.html"}
    return render(request, "reference.html", context)


def groups(document: Json) -> list[Group]:
    """The operations under their tags, in the order of the addresses."""
    found = {tag["name"]: Group(tag["name"], _(tag["description"]), []) for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found[operation["tags"][0]].operations.append(_read(document, path, method, operation))
    return list(found.values())


def _read(document: Json, path: str, method: str, operation: Json) -> Operation:
    sent = operation.get("requestBody", {}).get("content", {})
    status, answer = next(iter(operation["responses"].items()))
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation.get("description", ""),
        who=", ".join(name for each in operation.get("security", []) for name in each),
        asked=[
            Field(
                each["name"],
                _kind(each["schema"]),
                each.get("required", False),
                each.get("description", ""),
            )
            for each in operation.get("parameters", [])
        ],
        sent=list(_fields(document, sent)),
        status=status,
        answered=list(_fields(document, answer.get("content", {}))),
    )


def _fields(document: Json, content: Json) -> Iterator[Field]:
    """The properties of a JSON body, one level deep."""
    shape = _resolved(document, content.get("application/json", {}).get("schema", {}))
    required = shape.get("required", [])
    for name, each in shape.get("properties", {}).items():
        yield Field(name, _kind(each), name in required, each.get("description", ""))


def _resolved(document: Json, shape: Json) -> Json:
    name = shape.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else shape
    return found


def _kind(shape: Json) -> str:
    """`integer`, `string (date-time)`, `Key[]`."""
    if name := shape.get("$ref", "").rpartition("/")[2]:
        return str(name)
    if parts := shape.get("allOf") or shape.get("oneOf"):
        return " or ".join(_kind(part) for part in parts)
    if shape.get("type") == "array":
        return f"{_kind(shape['items'])}[]"
    if isinstance(of := shape.get("additionalProperties"), dict):
        return f"{{name: {_kind(of)}}}"
    if values := shape.get("enum"):
        return " | ".join(map(str, values))
    form: Any = shape.get("format")
    kind = f"{shape.get('type', 'any')} ({form})" if form else str(shape.get("type", "any"))
    return f"{kind} | null" if shape.get("nullable") else kind
