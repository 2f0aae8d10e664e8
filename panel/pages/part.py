"""Pages, and the parts of them that htmx asks for: the same template, with or without its frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import iri_to_uri

SHEET = "sheet-body"


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    frame: str = "console.html",
) -> HttpResponse:
    """In its frame, or bare for the side sheet."""
    sheet = wants(request, SHEET)
    frame = "part.html" if sheet else frame
    return render(request, template, {"frame": frame, "sheet": sheet, **context}, status=status)


def wants(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for what goes into the element `target`."""
    return request.headers.get("HX-Request") == "true" and (
        request.headers.get("HX-Target") == target
    )


def to(request: HttpRequest, address: str) -> HttpResponse:
    """Goes to another page; htmx is told to go there as a whole."""
    address = iri_to_uri(address)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponse(status=303, headers={"Location": address})
