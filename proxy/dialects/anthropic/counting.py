"""`POST /v1/messages/count_tokens`: a prompt without what only generation needs."""

from __future__ import annotations

from proxy.dialects.anthropic import errors, request, usage
from proxy.dialects.anthropic.fields import mine
from proxy.dialects.base import JSON, CountCodec, Rendered
from proxy.ir import Request

_GENERATION = frozenset({"max_tokens", "stop_sequences", "temperature", "top_p", "top_k", "stream"})


class AnthropicCounting:
    def parse_request(self, body: JSON, *, model: str = "") -> Request:
        """Raises INVALID_REQUEST naming the field."""
        return request.parse(body, model=model)

    def render_request(self, request_: Request) -> Rendered:
        rendered = request.render(request_)
        if mine(request_.opaque):
            return rendered
        body = {name: value for name, value in rendered.body.items() if name not in _GENERATION}
        return Rendered(body, [loss for loss in rendered.losses if loss.field not in _GENERATION])

    def parse_response(self, body: JSON) -> int:
        """Raises GatewayError for an error and for no count at all."""
        error = errors.reported(body)
        if error is not None:
            raise error
        total = usage.count(body, "input_tokens")
        if total is None:
            raise errors.broken("The upstream gave no token count.")
        return total

    def render_response(self, tokens: int) -> JSON:
        return {"input_tokens": tokens}


COUNTING: CountCodec = AnthropicCounting()
