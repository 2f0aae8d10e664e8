"""Who asks the REST API: the administrator, or the holder of a gateway key. Nobody by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from keys import listing, secret
from panel.auth import cookie, entry, origin, sessions, tokens, visitor
from panel.auth.tokens import Session

if TYPE_CHECKING:
    # Its module loads this one, by the settings.
    from rest_framework.views import APIView

_HOW = "Send the value of the csrftoken cookie as X-CSRFToken, or a bearer instead of the cookie."


@dataclass(frozen=True, slots=True)
class Administrator:
    """`session` is None for a call that carries the password itself; a browser's is `by_cookie`."""

    session: Session | None
    by_cookie: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has the key; it may be exhausted, switched off or expired."""

    key_id: int


class AdminAuthentication(BaseAuthentication):
    """`Authorization: Bearer` with a token, or with the panel password unless a second factor is
    on; or the browser's cookie, which needs the CSRF token as well."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        sent, django = bearer(request), request._request
        if sent:
            found = _by_bearer(django, sent)
            visitor.enter(django)
            return found, None
        session = cookie.find(django, timezone.now())
        if session is None:
            return None
        _not_forged(django)
        visitor.enter(django)
        return Administrator(session, by_cookie=True), None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="administrator"'


class KeyAuthentication(BaseAuthentication):
    """A gateway key, where the model API takes it too, but for the query string."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        sent = bearer(request) or _header(request, "X-API-Key", "X-Goog-API-Key")
        if not sent:
            return None
        key = listing.find(sent, settings.POTLUCK_PEPPER)
        if key is None:
            raise AuthenticationFailed("This gateway does not know the key.")
        return Holder(key.pk), None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="key"'


class IsAdministrator(BasePermission):
    message = "Only the administrator may do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Administrator)


class IsHolder(BasePermission):
    message = "Send a gateway key."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Holder)


def bearer(request: Request) -> str:
    """What `Authorization` holds, with or without `Bearer` before it; "" for none."""
    text = _header(request, "Authorization")
    scheme, _, rest = text.partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else text


def _header(request: Request, *names: str) -> str:
    found = next((request.headers[name] for name in names if name in request.headers), "")
    # Servers hand over bytes as Latin-1; people write UTF-8.
    return found.strip().encode("latin-1", "replace").decode("utf-8", "replace")


def _by_bearer(request: HttpRequest, sent: str) -> Administrator:
    if secret.wellformed(sent):
        # No guess at the password: it must not count as one.
        raise AuthenticationFailed("A gateway key does not open this; log in as administrator.")
    if not tokens.formed(sent):
        entry.recall(request, sent)
        return Administrator(None)
    session = sessions.find(sent, timezone.now())
    if session is None:
        raise AuthenticationFailed("This session is over. Log in again.")
    return Administrator(session)


def _not_forged(request: HttpRequest) -> None:
    if reason := origin.forged(request):
        raise PermissionDenied(reason, code="csrf_failed")
    check = CSRFCheck(_unasked)
    check.process_request(request)
    if check.process_view(request, _unasked, (), {}) is not None:
        how = origin.PROXY if origin.veiled(request) else _HOW
        raise PermissionDenied(how, code="csrf_failed")


def _unasked(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError("the check only looks at the request")
