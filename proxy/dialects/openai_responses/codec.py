"""OpenAI Responses, as a `Codec`."""

from __future__ import annotations

from proxy.dialects import openai_words
from proxy.dialects.codec import BodyCodec
from proxy.dialects.openai_responses import request, response
from proxy.dialects.openai_responses.events import ResponsesRenderer
from proxy.dialects.openai_responses.listener import ResponsesListener
from proxy.dialects.openai_responses.stream import ResponsesParser
from proxy.ir import Dialect

CODEC = BodyCodec(
    name=Dialect.OPENAI_RESPONSES,
    parse=request.parse,
    render_request=request.render,
    parse_response=response.parse,
    render_response=response.render,
    event_parser=ResponsesParser,
    listener=ResponsesListener,
    renderer=ResponsesRenderer,
    render_error=openai_words.render,
)
