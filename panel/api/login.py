"""`/auth/login` and what belongs to it: a token, another one, none any more."""

from __future__ import annotations

from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from panel import auth
from panel.api.base import OpenView, View
from panel.api.shapes import login as shapes
from panel.auth import cookie, entry, sessions
from panel.auth.sessions import Ticket
from panel.auth.tokens import Session


class NoSession(APIException):
    status_code = 409
    default_code = "no_session"
    default_detail = "This call carries the password itself, so there is no session."


class LoginView(OpenView):
    @extend_schema(request=shapes.Login, responses=shapes.Token, summary="Log in", tags=["login"])
    def post(self, request: Request) -> Response:
        """A token for an hour, as `Authorization: Bearer`, and a cookie for browsers, whose
        unsafe requests need `X-CSRFToken` with the value of the `csrftoken` cookie as well.

        401 `second_factor_required`: the password is right, and a `code` is needed beside it."""
        said = self.said(shapes.Login)
        ticket = auth.login(request._request, said["password"], said["code"])
        response = _answer(ticket)
        auth.keep(request._request, response, ticket)
        # Has the cookie of the CSRF token sent along.
        get_token(request._request)
        return response


class RefreshView(View):
    @extend_schema(request=None, responses=shapes.Token, summary="Stay logged in", tags=["login"])
    def post(self, request: Request) -> Response:
        """Another token of the same session, which ends twelve hours after the login."""
        ticket = sessions.renew(_session(self), timezone.now())
        response = _answer(ticket)
        if self.administrator.by_cookie:
            auth.keep(request._request, response, ticket)
        return response


class LogoutView(View):
    @extend_schema(request=shapes.Logout, responses={204: None}, summary="Log out", tags=["login"])
    def post(self, request: Request) -> Response:
        """Ends all tokens of the session, or all sessions there are."""
        if self.said(shapes.Logout)["everywhere"]:
            auth.everywhere(request._request)
        else:
            entry.end(request._request, _session(self), timezone.now())
        response = Response(status=204)
        cookie.drop(response)
        return response


class PasswordView(View):
    @extend_schema(
        request=shapes.Password,
        responses={204: None},
        summary="Change the password",
        tags=["login"],
    )
    def post(self, request: Request) -> Response:
        """Ends every session. 409 `configured` where PANEL_PASSWORD sets the password."""
        said = self.said(shapes.Password)
        auth.change(request._request, said["old"], said["new"])
        response = Response(status=204)
        cookie.drop(response)
        return response


def _session(view: View) -> Session:
    session = view.administrator.session
    if session is None:
        raise NoSession
    return session


def _answer(ticket: Ticket) -> Response:
    session = ticket.session
    seconds = int((session.expires - session.issued).total_seconds())
    found = {
        "token": ticket.token,
        "token_type": "bearer",
        "expires_in": seconds,
        "session_ends_in": int((session.ends - session.issued).total_seconds()),
    }
    return Response(shapes.Token(found).data)
