"""`/xai/v1/…`: passed on to xAI with the caller's own key. Nothing is charged, nothing is kept but
the images that the caller is given links to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import aclosing
from time import monotonic
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from keys.secret import wellformed
from proxy.dialects import openai_words
from proxy.errors import ErrorKind, GatewayError, invalid
from proxy.http import CLOSING, Hangup, Headers, Receive, Responder, Scope, Send, encoded, read_body
from proxy.images.gallery import Gallery
from proxy.media.inline import Fetch
from proxy.reasons import HEADER
from proxy.relayed import Form, Pictures
from proxy.sse import event as sse
from proxy.upstreams.base import Outgoing
from proxy.upstreams.client import Client, Reply

log = logging.getLogger("potluck.requests")

PREFIX = "/xai/v1/"

_ROOT = "/xai"
_METHODS = frozenset({"GET", "POST", "DELETE"})
_UP = frozenset({"content-type", "accept", "authorization"})
_UP_PREFIXES = ("x-grok-", "x-idempotency-")
_DOWN = frozenset({"content-type", "content-disposition", "retry-after"})
_DOWN_PREFIXES = ("x-ratelimit-",)
_SSE = "text/event-stream"
_encode = msgspec.json.Encoder().encode


class Terms(NamedTuple):
    """What the operator wants: `base_url` is xAI's, without `/v1`; `form` how images are answered
    to callers who do not say; `limit` in bytes for a body."""

    enabled: bool
    base_url: str
    form: Form
    limit: int
    agent: str = "potluck"


class Visitor(NamedTuple):
    """Who asks: where the caller reaches this gateway, its address, the id of its request."""

    base: str
    address: str
    id: str


class Relay:
    """`terms` is asked anew for each request. `fetch` must be guarded: it is given addresses that
    an upstream chose."""

    def __init__(
        self,
        client: Client,
        terms: Callable[[], Terms],
        gallery: Gallery | None,
        fetch: Fetch,
    ) -> None:
        self._client = client
        self._terms = terms
        self._pictures = Pictures(gallery, fetch)

    async def serve(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        """Answers one request, whatever happens."""
        began = monotonic()
        responder = _Noted(send, visitor.id)
        try:
            terms = self._terms()
            outgoing = _outgoing(scope, terms)
            if scope["method"] == "POST":
                body = await read_body(receive, _sized(scope), terms.limit)
                outgoing = outgoing._replace(body=body)
            async with Hangup(receive) as hangup:
                responder.hangup = hangup
                await self._pass(scope, outgoing, terms, responder, visitor)
        except GatewayError as error:
            await _refuse(responder, error, receive)
        finally:
            _tell(scope, visitor, responder.status, monotonic() - began)

    async def _pass(
        self,
        scope: Scope,
        outgoing: Outgoing,
        terms: Terms,
        responder: Responder,
        visitor: Visitor,
    ) -> None:
        async with self._client.open(outgoing) as reply:
            if 300 <= reply.status < 400:
                raise GatewayError(
                    ErrorKind.UPSTREAM_BROKEN, "xAI answered with a redirect: nobody follows it."
                )
            form = _form(scope, outgoing.body, reply, terms)
            if form is None:
                await _through(reply, responder)
            else:
                data = await self._pictures.answered(await reply.whole(), form, visitor.base)
                content_type, extra = _heads(reply)
                extra.append((b"content-length", b"%d" % len(data)))
                await responder.start(reply.status, content_type, extra)
                await responder.end(data)


class _Noted(Responder):
    """Remembers the status for the log; 499 for a client that left before there was one."""

    status = 499

    async def start(self, status: int, content_type: bytes, extra: Headers) -> None:
        self.status = status
        await super().start(status, content_type, extra)


def _tell(scope: Scope, visitor: Visitor, status: int, seconds: float) -> None:
    """A line of the request log; as there, what went well is told at DEBUG. It has neither the
    query nor the key nor the body: an operator is no party to what passes here."""
    level = logging.DEBUG if status < 400 else logging.INFO
    asked = f"{scope['method'][:16]} {scope['path'][:200]}"
    told = (visitor.id, visitor.address, asked, status, seconds)
    log.log(level, "%s key=- from=%s relayed=%r status=%d seconds=%.3f", *told)


async def _through(reply: Reply, responder: Responder) -> None:
    """The bytes as they come. What breaks off is not ended as if it were whole."""
    content_type, extra = _heads(reply)
    await responder.start(reply.status, content_type, extra)
    try:
        async with aclosing(reply.chunks()) as chunks:
            async for chunk in chunks:
                await responder.write(chunk)
    except GatewayError as error:
        if not content_type.startswith(_SSE.encode()):
            # The server closes the connection.
            raise ConnectionAbortedError(error.message) from error
        await responder.end(b"\n\n" + sse(_encode(openai_words.render(error)), "error"))
        return
    await responder.end()


def _outgoing(scope: Scope, terms: Terms) -> Outgoing:
    """The same request for xAI, still without its body. Raises GatewayError."""
    path, method = scope["path"], scope["method"]
    if not terms.enabled:
        raise GatewayError(
            ErrorKind.PATH_NOT_FOUND,
            "The pass-through to xAI is off here: its operator turns it on with XAI_PASSTHROUGH.",
        )
    if method not in _METHODS:
        raise GatewayError(
            ErrorKind.METHOD_NOT_ALLOWED,
            f"This path takes GET, POST and DELETE, not {method[:16]}.",
        )
    if {".", ".."} & set(path.split("/")):
        raise invalid("The path may not hold `.` or `..`.")
    headers = {name: value for name, value in _pairs(scope) if _goes_up(name)}
    _authorized(headers.get("authorization", ""))
    raw: bytes = scope.get("raw_path") or quote(path).encode()
    url = terms.base_url.rstrip("/") + raw.decode("latin-1").partition("?")[0].removeprefix(_ROOT)
    if query := scope.get("query_string", b""):
        url += "?" + query.decode("latin-1")
    headers |= {"user-agent": terms.agent, "accept-encoding": "identity"}
    return Outgoing(url, headers, None, method)


def _authorized(authorization: str) -> None:
    scheme, _, secret = authorization.partition(" ")
    if not secret.strip() or scheme.lower() != "bearer":
        raise GatewayError(
            ErrorKind.UNAUTHENTICATED, "Send your own xAI key: `Authorization: Bearer xai-…`."
        )
    if wellformed(secret.strip()):
        # It would be told to xAI.
        raise GatewayError(
            ErrorKind.UNAUTHENTICATED,
            "This looks like a key of this gateway. Here your own xAI key is needed; with the "
            "gateway's, leave `/xai` out of the base URL.",
        )


def _form(scope: Scope, body: bytes | None, reply: Reply, terms: Terms) -> Form | None:
    """How the images of this answer are wanted; None: as xAI gives them."""
    if scope["method"] != "POST" or reply.status != 200 or body is None:
        return None
    if not scope["path"].rstrip("/").endswith(("/images/generations", "/images/edits")):
        return None
    if not reply.content_type.startswith("application/json"):
        return None
    return None if Pictures.decided(body) else terms.form


def _pairs(scope: Scope) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]


def _sized(scope: Scope) -> Mapping[str, str]:
    known = ("content-length", "content-encoding")
    return {name: value for name, value in _pairs(scope) if name in known}


def _goes_up(name: str) -> bool:
    return name in _UP or name.startswith(_UP_PREFIXES)


def _heads(reply: Reply) -> tuple[bytes, Headers]:
    """The content type, and those headers that are about the answer, not about xAI's connection or
    its own site."""
    found = [(name.lower(), value) for name, value in reply.headers.items()]
    extra = [
        encoded(name, value)
        for name, value in found
        if (name in _DOWN or name.startswith(_DOWN_PREFIXES)) and name != "content-type"
    ]
    if reply.content_type.startswith(_SSE):
        extra += [(b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    return (reply.content_type or "application/octet-stream").encode("latin-1", "replace"), extra


async def _refuse(responder: Responder, error: GatewayError, receive: Receive) -> None:
    body = _encode(openai_words.render(error))
    extra = [encoded(HEADER, error.reason)]
    extra += [encoded(name, value) for name, value in error.headers.items()]
    if error.headers is CLOSING:
        await responder.refuse(receive, error.status, body, extra)
    else:
        await responder.whole(error.status, body, extra)
