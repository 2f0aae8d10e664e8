"""Anthropic's error bodies: 4xx as recorded (as recorded), 429, 5xx and 529 as documented."""

from __future__ import annotations

from gateway.simulator.faults import Refusal
from gateway.simulator.reply import JSON, Reply, compact

KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_PERMISSION = "Your API key does not have permission to use the specified resource."
_MINUTE = (
    "This request would exceed your organization's rate limit of 50 requests per minute. For "
    "details, refer to: https://docs.claude.com/en/api/rate-limits."
)
_DAY = (
    "This request would exceed your organization's rate limit of 1,000,000 input tokens per day. "
    "For details, refer to: https://docs.claude.com/en/api/rate-limits."
)
_CREDIT = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to "
    "upgrade or purchase credits."
)
_REFUSALS: dict[Refusal, tuple[int, str]] = {
    Refusal.NO_KEY: (401, "x-api-key header is required"),
    Refusal.BAD_KEY: (401, "invalid x-api-key"),
    Refusal.BAD_REQUEST: (400, "messages.0: Input does not match the expected shape."),
    Refusal.FORBIDDEN: (403, _PERMISSION),
    Refusal.DISABLED: (403, _PERMISSION),
    Refusal.VALIDATION: (403, _PERMISSION),
    Refusal.NOT_FOUND: (404, "model: {model}"),
    Refusal.TOO_LARGE: (413, "Request exceeds the maximum size"),
    Refusal.MINUTE: (429, _MINUTE),
    Refusal.BARE: (429, _MINUTE),
    Refusal.DAY: (429, _DAY),
    Refusal.QUOTA: (429, _DAY),
    Refusal.ZERO: (400, _CREDIT),
    Refusal.INTERNAL: (500, "Internal server error"),
    Refusal.OVERLOADED: (529, "Overloaded"),
    Refusal.CAPACITY: (529, "Overloaded"),
}
_RETRY_AFTER = {_MINUTE: "48", _DAY: "33740"}


def body(status: int, message: str, request_id: str) -> JSON:
    kind = KINDS.get(status, "invalid_request_error")
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def failure(status: int, message: str, request_id: str) -> Reply:
    """The id is also in the `request-id` header; `retry-after` is in seconds."""
    headers = [("request-id", request_id)]
    if message in _RETRY_AFTER:
        headers.append(("retry-after", _RETRY_AFTER[message]))
    piece = compact(body(status, message, request_id))
    return Reply(status=status, pieces=(piece,), headers=tuple(headers))


def refusal(kind: Refusal, model: str, request_id: str) -> Reply:
    status, message = _REFUSALS[kind]
    return failure(status, message.replace("{model}", model), request_id)
