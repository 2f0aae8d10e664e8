"""Authorization code with PKCE: to the provider's consent page, and back with a code.

Synchronous, for code that runs in threads. Nothing here stores a credential: `keep` does, or the
caller with what `finish` returns; a contributed account is kept disabled until it was tested.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from credentials.issuers import Issuer
from credentials.models import Flow
from credentials.oauth import answer as answers
from credentials.oauth import exchange, orphan, pkce, record
from credentials.oauth.answer import Answer
from credentials.oauth.desk import Authorised, Desk, Keep
from credentials.oauth.states import Grant
from credentials.oauth.troubles import FlowError, Trouble

CALLBACK = "/auth/callback"


@dataclass(frozen=True, slots=True)
class Begun:
    """`url` is the consent page; it is for this browser only. With `paste` the browser will end
    on an address that is not this server's, and the person must copy it from there."""

    id: str
    url: str = field(repr=False)
    redirect_uri: str
    paste: bool
    expires_at: datetime


def begin(desk: Desk, provider: str, session: str, *, base: str = "", purpose: str = "") -> Begun:
    """`session` is a random text that only this browser holds (in a cookie); `base` is HOST_URL,
    or the origin under which the browser sees this server. `purpose` is the caller's own note,
    at most 200 characters. Raises FlowError; ValueError for a `base` that is none.
    """
    issuer = desk.issuer(provider)
    if not issuer.authorize_url:
        raise FlowError(Trouble.NO_PAGE)
    redirect_uri = redirect(issuer, base)
    record.room(desk, session)
    state, verifier = secrets.token_urlsafe(32), pkce.verifier()
    row = record.begin(
        desk,
        session,
        Grant.CODE,
        provider,
        verifier,
        state=record.digest(state),
        redirect_uri=redirect_uri,
        purpose=purpose,
    )
    url = _page(issuer, state, verifier, redirect_uri)
    paste = not base or redirect_uri != f"{base.rstrip('/')}{CALLBACK}"
    return Begun(row.public_id, url, redirect_uri, paste, row.expires_at)


def finish(desk: Desk, session: str, address: str, *, keep: Keep | None = None) -> Authorised:
    """`address` is the callback's own (`request.get_full_path()`) or what the person pasted.

    Whatever it says, only a flow that this session began is gone on with, and only once. `keep`
    stores the account before the flow counts as done; what it raises, it is told as it is, and
    the flow has failed. Raises FlowError.
    """
    answer = _read(address)
    row, verifier = _claimed(desk, session, answer)
    with record.ending(row):
        issuer = desk.issuer(row.provider)
        _check(issuer, answer)
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": row.redirect_uri,
        } | ({"code_verifier": record.opened(desk.vault, verifier)} if issuer.pkce else {})
        work = exchange.redeem(desk.web, row.provider, issuer, form, desk.clock())
        return settle(desk, row, desk.ask(work), keep)


def settle(desk: Desk, row: Flow, lent: exchange.Lent, keep: Keep | None) -> Authorised:
    """The end of a flow that was claimed."""
    found = Authorised(row.public_id, row.provider, row.purpose, lent.document, lent.who.name)
    try:
        desk.issuers.admit(lent.document)  # Only Issuers says which accounts may be stored.
        record.done(row, keep(found) if keep else None)
    except Exception:
        orphan.give_back(desk, lent.document)
        raise
    return found


def redirect(issuer: Issuer, base: str) -> str:
    """Where the consent page sends the browser. Raises FlowError, ValueError."""
    if issuer.redirect_uri:
        return issuer.redirect_uri
    if not base:
        raise FlowError(Trouble.NO_ADDRESS)
    parts = urlsplit(base)
    plain = base.isascii() and base.isprintable() and not set(base) & set(" \\?#@")
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or len(base) > 400:
        raise ValueError("The base of a redirect is an http or https URL, and nothing after it.")
    return f"{base.rstrip('/')}{CALLBACK}"


def _page(issuer: Issuer, state: str, verifier: str, redirect_uri: str) -> str:
    asked = {
        **issuer.parameters,
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if issuer.scopes:
        asked["scope"] = " ".join(issuer.scopes)
    if issuer.pkce:
        asked |= {"code_challenge": pkce.challenge(verifier), "code_challenge_method": "S256"}
    return f"{issuer.authorize_url}?{urlencode(asked)}"


def _read(address: str) -> Answer:
    try:
        return answers.read(address)
    except ValueError:
        raise FlowError(Trouble.UNREADABLE) from None


def _claimed(desk: Desk, session: str, answer: Answer) -> tuple[Flow, str]:
    """The flow, and its sealed verifier. One answer for all that is wrong: a stranger learns
    nothing from it."""
    row = record.find(session, state=record.digest(answer.state), grant=Grant.CODE)
    if row is None or not record.claim(row, desk.clock()):
        raise FlowError(Trouble.STRANGER)
    return row, row.sealed


def _check(issuer: Issuer, answer: Answer) -> None:
    """Before the code, or an error, is believed to be the provider's (RFC 9207)."""
    # Servers that name themselves leave it out of a refusal; nothing is sent anywhere for that.
    named = answer.iss or (answer.code and issuer.names_itself)
    if issuer.issuer and named and not hmac.compare_digest(answer.iss, issuer.issuer):
        raise FlowError(Trouble.MIX_UP)
    if answer.error:
        raise exchange.refusal(answer.error)
