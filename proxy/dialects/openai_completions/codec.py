"""OpenAI's legacy text completions, as a `Codec`."""

from __future__ import annotations

from proxy.dialects import openai_words
from proxy.dialects.codec import BodyCodec
from proxy.dialects.openai_completions import answer, request, writing
from proxy.dialects.openai_completions.stream import CompletionsListener, parser
from proxy.ir import Dialect

CODEC = BodyCodec(
    name=Dialect.OPENAI_COMPLETIONS,
    parse=request.parse,
    render_request=request.render,
    parse_response=answer.whole,
    render_response=writing.whole,
    event_parser=parser,
    listener=CompletionsListener,
    renderer=writing.CompletionsRenderer,
    render_error=openai_words.render,
)
