"""OpenAI's images API, as a `Codec`."""

from __future__ import annotations

from proxy.dialects import openai_words
from proxy.dialects.codec import BodyCodec
from proxy.dialects.openai_images import answer, request, writing
from proxy.dialects.openai_images.stream import ImagesListener, ImagesParser
from proxy.ir import Dialect

CODEC = BodyCodec(
    name=Dialect.OPENAI_IMAGES,
    parse=request.parse,
    render_request=request.render,
    parse_response=answer.whole,
    render_response=writing.whole,
    event_parser=ImagesParser,
    listener=ImagesListener,
    renderer=writing.ImagesRenderer,
    render_error=openai_words.render,
)
