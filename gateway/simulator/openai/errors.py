"""OpenAI's error bodies (as recorded); 429 and 5xx as its documentation gives them."""

from __future__ import annotations

from typing import assert_never

from gateway.simulator.faults import Refusal
from gateway.simulator.reply import JSON, Reply, whole

_INVALID = "invalid_request_error"


def body(
    message: str, kind: str = _INVALID, *, param: str | None = None, code: str | None = None
) -> JSON:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refusal(kind: Refusal, model: str, key: str) -> Reply:
    """`key` is quoted masked, as the service does it."""
    match kind:
        case Refusal.BAD_KEY:
            return whole(_bad_key(key), 401)
        case Refusal.NOT_FOUND:
            return whole(missing(model), 404)
        case Refusal.FORBIDDEN | Refusal.DISABLED | Refusal.VALIDATION:
            message = f"Project does not have access to model `{model}`"
            return whole(body(message, code="model_not_found"), 403)
        case Refusal.MINUTE | Refusal.BARE | Refusal.CAPACITY:
            return _limited(model)
        case Refusal.DAY | Refusal.ZERO | Refusal.QUOTA:
            return whole(body(_NO_CREDIT, "insufficient_quota", code="insufficient_quota"), 429)
        case Refusal.NO_KEY | Refusal.BAD_REQUEST | Refusal.TOO_LARGE:
            status, message = _PLAIN[kind]
            return whole(body(message), status)
        case Refusal.INTERNAL | Refusal.OVERLOADED:
            status, message = _PLAIN[kind]
            return whole(body(message, "server_error"), status)
        case other:
            assert_never(other)


def _bad_key(key: str) -> JSON:
    shown = f"{key[:3]}****{key[-2:]}" if len(key) > 8 else "****"
    message = (
        f"Incorrect API key provided: {shown}. You can find your API key at "
        "https://platform.openai.com/account/api-keys."
    )
    return body(message, code="invalid_api_key")


def missing(model: str) -> JSON:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return body(message, code="model_not_found")


def _limited(model: str) -> Reply:
    message = (
        f"Rate limit reached for {model} in organization org-simulated on requests per min (RPM): "
        "Limit 3, Used 3, Requested 1. Please try again in 20s. Visit "
        "https://platform.openai.com/account/rate-limits to learn more."
    )
    reply = whole(body(message, "requests", code="rate_limit_exceeded"), 429)
    headers = (
        ("retry-after", "20"),
        ("x-ratelimit-limit-requests", "3"),
        ("x-ratelimit-remaining-requests", "0"),
        ("x-ratelimit-reset-requests", "20s"),
    )
    return Reply(status=429, pieces=reply.pieces, headers=headers)


_NO_KEY = (
    "You didn't provide an API key. You need to provide your API key in an Authorization header "
    "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank "
    "username) if you're accessing the API from your browser and are prompted for a username and "
    "password. You can obtain an API key from https://platform.openai.com/account/api-keys."
)
_NO_CREDIT = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, read the docs: "
    "https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_OVERLOADED = "The server is currently overloaded with other requests. Sorry about that!"
_INTERNAL = (
    "The server had an error while processing your request. Sorry about that! You can retry your "
    "request, or contact us through our help center if the error persists."
)
_PLAIN = {
    Refusal.NO_KEY: (401, _NO_KEY),
    Refusal.BAD_REQUEST: (400, "Invalid value: the request cannot be answered."),
    Refusal.TOO_LARGE: (413, "Maximum request size exceeded."),
    Refusal.INTERNAL: (500, _INTERNAL),
    Refusal.OVERLOADED: (503, _OVERLOADED),
}
