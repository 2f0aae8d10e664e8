"""countTokens: `{"request": {"model": "models/m", "contents": […]}}` → `{"totalTokens": n}`."""

from __future__ import annotations

from proxy.dialects.base import JSON, CountCodec, Loss, Rendered
from proxy.dialects.code_assist import envelope
from proxy.dialects.gemini import COUNTING as GEMINI
from proxy.dialects.gemini import request
from proxy.ir import Request

_COUNTED = ("systemInstruction", "system_instruction", "tools")


class CodeAssistCounting:
    def parse_request(self, body: JSON, *, model: str = "") -> Request:
        """Raises INVALID_REQUEST naming the field."""
        return GEMINI.parse_request(envelope.inside(body), model=model)

    def render_request(self, request_: Request) -> Rendered:
        """Code Assist counts contents only: system text and tools are losses."""
        rendered = request.render(request_)
        name = request_.model.removeprefix("models/")
        inner = {"model": f"models/{name}", "contents": rendered.body["contents"]}
        lost = [Loss(field) for field in _COUNTED if field in rendered.body]
        return Rendered({"request": inner}, [*rendered.losses, *lost])

    def parse_response(self, body: JSON) -> int:
        return GEMINI.parse_response(body)

    def render_response(self, tokens: int) -> JSON:
        return GEMINI.render_response(tokens)


COUNTING: CountCodec = CodeAssistCounting()
