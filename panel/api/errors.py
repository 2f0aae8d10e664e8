"""One shape for every error of the REST API, and none of them with a traceback.

`{"error": {"code": "below_use", "message": "…", "fields": {"name": "…"}}}`: the code is stable,
the message says what to do, `fields` is there when fields of the request are wrong.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.response import Response

from keys.limits.refusal import Limited
from keys.models import ApiKey
from keys.services import BelowUse, Invalid
from panel.auth import CodeWanted, Configured, Refused, Unreadable, WrongCode

log = logging.getLogger("potluck.panel")


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class Missing(APIException):
    status_code = 404
    default_code = "not_found"


AWAY = (OperationalError, InterfaceError)
"""A database that is locked, full, or not there: nobody's mistake, and it may be over soon."""
WAIT = 5
"""Seconds until another try makes sense then."""
LATER = (
    "The database is busy or full. Try again in a moment; if it stays so, look for room on its "
    "disk and for a backup that locks it."
)
_OURS = frozenset({"api", "auth", "config", "creds", "usage"})
"""What addresses of the REST API begin with."""
_NO_CHOICE = "This is none of the values that it takes; /api/docs lists them."


class _Said(NamedTuple):
    status: int
    code: str
    message: str
    fields: Mapping[str, str] | None = None
    retry_after: float | None = None


def answer(error: Exception, context: Mapping[str, Any]) -> Response:
    """The exception handler of every view here."""
    said = _of_keys(error) or _of_the_door(error) or _of_the_framework(error) or _of_disks(error)
    if said is None:
        log.error("the REST API made a mistake", exc_info=error)
        said = _Said(500, "internal_error", "The gateway made a mistake; its log says which.")
    body: dict[str, Any] = {"code": said.code, "message": _utf8(said.message)}
    if said.fields:
        body["fields"] = {_utf8(name): _utf8(text) for name, text in said.fields.items()}
    response = Response({"error": body}, status=said.status)
    if said.retry_after is not None:
        response["Retry-After"] = str(max(1, math.ceil(said.retry_after)))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def nothing(request: HttpRequest) -> JsonResponse | None:
    """The answer to an address that there is not, below the API's or asked for by a program; None
    for who would rather have a page."""
    if ours(request):
        message = "There is no such address. /api/docs lists all of them."
    elif _program(request):
        message = _ASTRAY
    else:
        return None
    return JsonResponse({"error": {"code": "path_not_found", "message": message}}, status=404)


_ASTRAY = (
    "There is no such path here. The model API is at /v1/chat/completions, /v1/responses, "
    "/v1/completions, /v1/embeddings, /v1/images/generations, /v1/images/edits and /v1/models "
    "(OpenAI), /v1/messages (Anthropic) and /v1beta/models (Gemini): check the base URL of your "
    "client. /api/docs lists the addresses of the console."
)


def _program(request: HttpRequest) -> bool:
    """Whether a program asks, such as a client of the model API with a wrong base URL."""
    if not request.accepts("text/html"):
        return True
    sends = request.method not in ("GET", "HEAD")
    return sends and request.get_preferred_type(["application/json", "text/html"]) != "text/html"


def ours(request: HttpRequest) -> bool:
    """Whether an error is to be said in JSON."""
    if request.path.split("/")[1] not in _OURS:
        return False
    return request.get_preferred_type(["application/json", "text/html"]) != "text/html"


def _of_keys(error: Exception) -> _Said | None:
    match error:
        case Invalid():
            return _Said(400, "invalid_request", str(error), error.errors)
        case BelowUse():
            return _Said(409, "below_use", sentence(str(error)))
        case ApiKey.DoesNotExist():
            return _Said(404, "not_found", "There is no such key.")
        case Limited():
            return _Said(429, "rate_limited", str(error), retry_after=error.retry_after)
        case _:
            return None


def _of_the_door(error: Exception) -> _Said | None:
    match error:
        case CodeWanted():
            return _Said(401, "second_factor_required", str(error))
        case WrongCode(retry_after=None):
            return _Said(401, "wrong_code", str(error))
        case Refused(retry_after=None):
            return _Said(401, "wrong_password", str(error))
        case Refused():
            return _Said(429, "too_many_attempts", str(error), retry_after=error.retry_after)
        case Configured():
            return _Said(409, "configured", str(error))
        case Unreadable():
            return _Said(503, "second_factor_unreadable", str(error))
        case _:
            return None


def _of_disks(error: Exception) -> _Said | None:
    if not isinstance(error, AWAY):
        return None
    log.error("the database does not answer the REST API: %s", error)
    return _Said(503, "database_unavailable", LATER, retry_after=WAIT)


def _of_the_framework(error: Exception) -> _Said | None:
    match error:
        case ValidationError():
            fields = _flat(error.detail)
            message = " ".join(_of(name, text) for name, text in fields.items())
            named = {name: text for name, text in fields.items() if name}
            return _Said(400, "invalid_request", message, named)
        case UnsupportedMediaType():
            text = "A body of this content type is not read here; /api/docs says which is."
            return _Said(415, "unsupported_media_type", text)
        case MethodNotAllowed():
            return _Said(405, "method_not_allowed", "This address does not take this method.")
        case APIException():
            code = error.get_codes()
            word = code if isinstance(code, str) else error.default_code
            return _Said(error.status_code, word, str(error.detail))
        case Http404():
            return _Said(404, "not_found", "There is nothing here.")
        case PermissionDenied():
            return _Said(403, "permission_denied", "This is not allowed.")
        case _:
            return None


def _utf8(text: str) -> str:
    """A name that was sent may hold half of a surrogate pair, which no answer can."""
    return text.encode("utf-8", "replace").decode()


def _of(name: str, text: str) -> str:
    """A sentence that says itself what it is about does not need the name."""
    return text if not name or text.startswith(f"{name} ") else f"{name}: {text}"


def _flat(detail: Any, name: str = "") -> dict[str, str]:
    """Nested errors as `models.0` → the first sentence about it."""
    if isinstance(detail, Mapping):
        found: dict[str, str] = {}
        for part, each in detail.items():
            found |= _flat(each, f"{name}.{part}" if name else str(part))
        return found
    if isinstance(detail, list) and detail and isinstance(detail[0], Mapping | list):
        return _flat({str(place): each for place, each in enumerate(detail) if each}, name)
    text = detail[0] if isinstance(detail, list) and detail else detail
    # The framework's own words about a choice quote what was sent.
    quotes = getattr(text, "code", "") == "invalid_choice"
    return {name: _NO_CHOICE if quotes else str(text)}


def sentence(text: str) -> str:
    """ "no such key" → "No such key."."""
    return f"{text[:1].upper()}{text[1:]}."
