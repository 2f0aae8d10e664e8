"""countTokens: a prompt, bare or inside a `generateContentRequest`, and its total."""

from __future__ import annotations

from proxy.dialects import reading
from proxy.dialects.base import JSON, CountCodec, Rendered
from proxy.dialects.gemini import errors, request
from proxy.dialects.gemini.fields import Reader
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Request


class GeminiCounting:
    def parse_request(self, body: JSON, *, model: str = "") -> Request:
        """Raises INVALID_REQUEST naming the field."""
        reader = Reader(body, "")
        inner = reader.get("generateContentRequest", reading.obj)
        return request.parse(body if inner is None else inner, model=model)

    def render_request(self, request_: Request) -> Rendered:
        """The Gemini API counts system text and tools only inside a `generateContentRequest`."""
        rendered = request.render(request_)
        if rendered.body.keys() <= {"contents"}:
            return rendered
        name = request_.model.removeprefix("models/")
        inner = {**rendered.body, "model": f"models/{name}"}
        return Rendered({"generateContentRequest": inner}, rendered.losses)

    def parse_response(self, body: JSON) -> int:
        """A count of zero is absent. Raises GatewayError for an error and for no count at all."""
        error = errors.reported(body)
        if error is not None:
            raise error
        total = body.get("totalTokens", 0)
        if type(total) is not int:
            raise GatewayError(ErrorKind.UPSTREAM_BROKEN, "The upstream gave no token count.")
        return total

    def render_response(self, tokens: int) -> JSON:
        return {"totalTokens": tokens}


COUNTING: CountCodec = GeminiCounting()
