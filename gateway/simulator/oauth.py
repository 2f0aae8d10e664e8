"""Google's accounts: consent page, token endpoint (RFC 6749, 7523), revocation, userinfo.

Signatures are not verified: no simulator knows the keys. All else is read as strictly as by Google.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from gateway.simulator import media
from gateway.simulator.code_assist import INELIGIBLE, NEWCOMER
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.question import unbase64
from gateway.simulator.reply import JSON, Reply, whole
from gateway.simulator.service import Call, Rejected

ROTATING = "rotating-"
"""A refresh token that begins so is good once: the answer brings the next."""
REVOKED = "revoked-"
FLAKY = "flaky-"
"""`flaky-3-x` meets a broken host three times, `flaky-x` once."""
WRONG = "wrong-"
"""A client id that begins so is not known."""

LIFETIME = 3599
PATH = re.compile(r"/oauth/(token|revoke)$|/o/oauth2/v2/auth$|/oauth2/v2/userinfo$")
"""Paths end so: `…/oauth` is OAUTH_PROXY_URL, the root stands for the other two hosts."""

_ISSUER = "https://accounts.google.com"
_AUDIENCE = "https://oauth2.googleapis.com/token"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_STATUS = {
    Refusal.BAD_KEY: 401,
    Refusal.NO_KEY: 400,
    Refusal.FORBIDDEN: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.INTERNAL: 500,
    Refusal.OVERLOADED: 503,
}


class OAuth:
    """Remembers what it issued, to whom, and which refresh tokens are used up or revoked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._issued: set[str] = set()
        self._used: set[str] = set()
        self._failed: dict[str, int] = {}
        self._codes: dict[str, Mapping[str, str]] = {}
        self._people: dict[str, str] = {}

    def issued(self, token: str) -> bool:
        """Whether it is an access token from here."""
        with self._lock:
            return token in self._issued

    def key(self, call: Call) -> str:
        """The refresh token, or the e-mail address of the service account. Of a consent page the
        client, of userinfo the access token."""
        form = {**call.query, **_form(call)}
        for name in ("refresh_token", "token", "code", "client_id"):
            if form.get(name):
                return form[name]
        if call.method == "GET" and (bearer := call.bearer()):
            return bearer
        try:
            return str(_claims(form.get("assertion", "")).get("iss"))
        except Rejected:
            return "unreadable"

    def model(self, call: Call) -> str:
        return ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        what = call.path.rpartition("/")[2]
        if call.method != "POST" if what in ("token", "revoke") else call.method != "GET":
            raise Rejected("invalid_request", status=405)
        if what == "auth":
            return self._consent(call)
        if what == "userinfo":
            return self._userinfo(call.bearer())
        form, key = _form(call), self.key(call)
        self._stumble(key)
        if what == "revoke":
            return whole(self._revoke(form.get("token", "")))
        match form.get("grant_type"):
            case "authorization_code":
                return whole(self._redeem(form))
            case "refresh_token":
                return whole(self._renew(form))
            case grant if grant == _JWT_BEARER:
                return whole(self._vouch(form.get("assertion", ""), call))
            case grant:
                raise _error("unsupported_grant_type", f"Invalid grant_type: {grant}")

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        status = _STATUS.get(refusal, 429 if refusal.startswith("429") else 400)
        code = "internal_failure" if status >= 500 else "invalid_request"
        return whole({"error": "access_denied" if status == 403 else code}, status)

    def reject(self, problem: Rejected, call: Call) -> Reply:
        body = {"error": problem.code or "invalid_request", "error_description": problem.message}
        return whole(body, problem.status)

    def interrupt(self) -> bytes:
        return b""

    def _consent(self, call: Call) -> Reply:
        """A page with two links; `answer=allow` or `deny` is what they add to its address."""
        asked = dict(call.query)
        answer = asked.pop("answer", "")
        for name in ("client_id", "redirect_uri", "response_type", "scope"):
            if not asked.get(name):
                raise _error("invalid_request", f"Required parameter is missing: {name}")
        if urlsplit(asked["redirect_uri"]).scheme not in ("http", "https"):
            raise _error("redirect_uri_mismatch", "The redirect_uri is not registered.")
        if asked["response_type"] != "code":
            raise _error("unsupported_response_type", "Only code is simulated.")
        if not answer:
            return _page(call.path, asked)
        back = {"state": asked.get("state", ""), "iss": _ISSUER}
        if answer == "allow":
            with self._lock:
                code = f"4/0{media.identity(f'code {len(self._codes)}', 40)}"
                self._codes[code] = asked
            back |= {"code": code, "scope": asked["scope"]}
        else:
            back["error"] = "access_denied"
        where = f"{asked['redirect_uri']}?{urlencode(back)}"
        return Reply(status=302, headers=(("location", where),))

    def _redeem(self, form: dict[str, str]) -> JSON:
        with self._lock:
            asked = self._codes.pop(form.get("code", ""), None)
            if asked is None:
                raise _error("invalid_grant", "Malformed auth code.")
            if form.get("client_id") != asked["client_id"]:
                raise _error("invalid_client", "The OAuth client was not found.", 401)
            if form.get("redirect_uri") != asked["redirect_uri"]:
                raise _error("redirect_uri_mismatch", "Bad Request")
            if asked.get("code_challenge", "") != _challenge(form.get("code_verifier", "")):
                raise _error("invalid_grant", "Invalid code verifier.")
            email = asked.get("login_hint") or "someone@gmail.example"
            refresh = f"1//{media.identity(form['code'], 40)}"
            self._people[refresh] = email
            grant = self._grant(refresh) | {"scope": asked["scope"], "id_token": _id_token(email)}
            offline = asked.get("access_type") == "offline" and asked.get("prompt") == "consent"
            return grant | ({"refresh_token": refresh} if offline else {})

    def _revoke(self, token: str) -> JSON:
        with self._lock:
            known = token in self._issued if "ya29." in token else not token.startswith(REVOKED)
            if not token or token in self._used or not known:
                raise _error("invalid_token", "Token expired or revoked")
            self._used.add(token)
            email = self._people.get(token)
            gone = {each for each in self._issued if email and self._people.get(each) == email}
            self._issued -= gone | {token}
            return {}

    def _userinfo(self, token: str) -> Reply:
        if not self.issued(token):
            raise _error("invalid_request", "Invalid Credentials", 401)
        email = self._people.get(token, "someone@gmail.example")
        name = email.partition("@")[0].title()
        return whole({"id": "1", "email": email, "verified_email": True, "name": name})

    def _stumble(self, key: str) -> None:
        if not key.startswith(FLAKY):
            return
        found = re.match(r"flaky-(\d+)-", key)
        with self._lock:
            self._failed[key] = self._failed.get(key, 0) + 1
            if self._failed[key] <= (int(found[1]) if found else 1):
                raise Rejected("The service is currently unavailable.", status=503, code="internal")

    def _renew(self, form: dict[str, str]) -> JSON:
        token, client = form.get("refresh_token", ""), form.get("client_id", "")
        if not token:
            raise _error("invalid_request", "Missing required parameter: refresh_token")
        if not client:
            raise _error("invalid_request", "Could not determine client ID from request.")
        if client.startswith(WRONG):
            raise _error("invalid_client", "The OAuth client was not found.", 401)
        with self._lock:
            if token.startswith(REVOKED) or token in self._used:
                raise _error("invalid_grant", "Token has been expired or revoked.")
            grant = self._grant(token)
            if token.startswith(ROTATING):
                self._used.add(token)
                seed = f"{token}/{len(self._used)}"
                grant["refresh_token"] = f"{ROTATING}{_habit(token)}{media.identity(seed, 20)}"
            return grant

    def _vouch(self, assertion: str, call: Call) -> JSON:
        claims = _claims(assertion)
        if not {"iss", "scope", "aud", "iat", "exp"} <= claims.keys():
            raise _error("invalid_request", "Required parameter is missing in the JWT.")
        if claims["aud"] not in (_AUDIENCE, _here(call)):
            raise _error("invalid_grant", "Invalid JWT: Failed audience check.")
        if claims["scope"] != _SCOPE:
            raise _error("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        if not 0 < claims["exp"] - claims["iat"] <= 3600:
            why = "Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            raise _error("invalid_grant", f"Invalid JWT: {why}")
        if str(claims["iss"]).startswith(REVOKED):
            raise _error("invalid_grant", "Invalid JWT Signature.")
        with self._lock:
            return self._grant(str(claims["iss"]))

    def _grant(self, seed: str) -> JSON:
        """Another access token each time, of an account with the habits of `seed`."""
        number = len(self._issued)
        token = f"{_habit(seed)}ya29.{media.identity(f'{seed}/{number}', 40)}"
        self._issued.add(token)
        if seed in self._people:
            self._people[token] = self._people[seed]
        return {
            "access_token": token,
            "expires_in": LIFETIME,
            "scope": _SCOPE,
            "token_type": "Bearer",
        }


def _page(path: str, asked: Mapping[str, str]) -> Reply:
    def link(answer: str) -> str:
        return html.escape(f"{path}?{urlencode({**asked, 'answer': answer})}")

    text = (
        "<!doctype html><title>Simulated consent</title><h1>Simulated Google account</h1>"
        f"<p>{html.escape(asked['client_id'])} asks for: {html.escape(asked['scope'])}</p>"
        f'<p><a id="allow" href="{link("allow")}">Allow</a> '
        f'<a id="deny" href="{link("deny")}">Deny</a></p>'
    )
    return Reply(content_type="text/html; charset=utf-8", pieces=(text.encode(),))


def _challenge(verifier: str) -> str:
    """ "" for none: then none was asked for, either."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") if verifier else ""


def _id_token(email: str) -> str:
    parts = ({"alg": "RS256", "typ": "JWT"}, {"iss": _ISSUER, "email": email}, "signature")
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join(text.rstrip("=") for text in texts)


def _habit(seed: str) -> str:
    """What Code Assist knows accounts by."""
    seed = seed.removeprefix(ROTATING)
    return next((each for each in (NEWCOMER, INELIGIBLE) if seed.startswith(each)), "")


def _form(call: Call) -> dict[str, str]:
    pairs = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in pairs.items()}


def _claims(assertion: str) -> dict[str, Any]:
    """Of a JWT in three parts, signed with RS256. Raises Rejected."""
    try:
        head, body, signature = (unbase64(part) for part in assertion.split("."))
        header, claims = json.loads(head), json.loads(body)
    except ValueError:
        raise _error("invalid_grant", "Bad Request") from None
    if not (isinstance(header, dict) and isinstance(claims, dict) and signature):
        raise _error("invalid_grant", "Bad Request")
    if header.get("alg") != "RS256":
        raise _error("invalid_grant", "Invalid JWT: unsupported algorithm.")
    return claims


def _here(call: Call) -> str:
    return f"http://{call.headers.get('host', '')}{call.path}"


def _error(code: str, description: str, status: int = 400) -> Rejected:
    return Rejected(description, status=status, code=code)
