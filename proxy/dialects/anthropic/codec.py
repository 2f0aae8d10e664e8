"""Anthropic Messages, as a `Codec`."""

from __future__ import annotations

from proxy.dialects.anthropic import errors, request, response
from proxy.dialects.anthropic.listening import MessageListener
from proxy.dialects.anthropic.rendering import MessageRenderer
from proxy.dialects.anthropic.stream import MessageParser
from proxy.dialects.codec import BodyCodec
from proxy.ir import Dialect

CODEC = BodyCodec(
    name=Dialect.ANTHROPIC,
    parse=request.parse,
    render_request=request.render,
    parse_response=response.parse,
    render_response=response.render,
    event_parser=MessageParser,
    listener=MessageListener,
    renderer=MessageRenderer,
    render_error=errors.render,
)
