"""OpenAI Chat Completions, as a `Codec`."""

from __future__ import annotations

from proxy.dialects import openai_words
from proxy.dialects.codec import BodyCodec
from proxy.dialects.openai_chat import request, response
from proxy.dialects.openai_chat.chunks import ChatRenderer
from proxy.dialects.openai_chat.listener import ChatListener
from proxy.dialects.openai_chat.stream import parser
from proxy.ir import Dialect

CODEC = BodyCodec(
    name=Dialect.OPENAI_CHAT,
    parse=request.parse,
    render_request=request.render,
    parse_response=response.parse,
    render_response=response.render,
    event_parser=parser,
    listener=ChatListener,
    renderer=ChatRenderer,
    render_error=openai_words.render,
)
