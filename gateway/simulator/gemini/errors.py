"""The Gemini API's error bodies: as recorded from it, else as users quote them."""

from __future__ import annotations

from typing import Any, assert_never

from gateway.simulator.faults import Refusal
from gateway.simulator.reply import JSON

_RPC = "type.googleapis.com/google.rpc."
_SERVICE = "generativelanguage.googleapis.com"
_LIMITS = "https://ai.google.dev/gemini-api/docs/rate-limits"
_BAD_KEY = "API key not valid. Please pass a valid API key."

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


def body(code: int, message: str, details: list[JSON] | None = None) -> JSON:
    error: JSON = {"code": code, "message": message, "status": STATUS[code]}
    if details is not None:
        error["details"] = details
    return {"error": error}


def detail(kind: str, **fields: Any) -> JSON:
    return {"@type": _RPC + kind, **fields}


def refusal(kind: Refusal, model: str, version: str, method: str) -> JSON:
    """`version` and `method` are those of the path, as the 404 quotes them."""
    match kind:
        case Refusal.MINUTE | Refusal.DAY | Refusal.ZERO:
            return _quota(kind, model)
        case Refusal.BARE | Refusal.QUOTA:
            return body(429, "Resource has been exhausted (e.g. check quota).")
        case Refusal.NOT_FOUND:
            return missing(model, version, method)
        case Refusal.BAD_KEY:
            return body(400, _BAD_KEY, _bad_key())
        case Refusal.DISABLED:
            return body(403, _DISABLED, _disabled())
        case (
            Refusal.BAD_REQUEST
            | Refusal.NO_KEY
            | Refusal.FORBIDDEN
            | Refusal.VALIDATION
            | Refusal.TOO_LARGE
            | Refusal.CAPACITY
            | Refusal.INTERNAL
            | Refusal.OVERLOADED
        ):
            return body(*_PLAIN[kind])
        case other:
            assert_never(other)


_PLAIN = {
    Refusal.BAD_REQUEST: (400, "Request contains an invalid argument."),
    Refusal.NO_KEY: (
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please "
        "use API Key or other form of API consumer identity to call this API.",
    ),
    Refusal.FORBIDDEN: (403, "The caller does not have permission"),
    Refusal.VALIDATION: (403, "The caller does not have permission"),
    Refusal.TOO_LARGE: (413, "Request payload size exceeds the limit: 20971520 bytes."),
    Refusal.CAPACITY: (503, "The model is overloaded. Please try again later."),
    Refusal.INTERNAL: (500, "An internal error has occurred. Please retry or report in "
                       "https://developers.generativeai.google/guide/troubleshooting"),
    Refusal.OVERLOADED: (503, "The model is overloaded. Please try again later."),
}  # fmt: skip

_DISABLED = (
    "Generative Language API has not been used in project 12345678 before or it is disabled. "
    "Enable it by visiting https://console.developers.google.com/apis/api/"
    f"{_SERVICE}/overview?project=12345678 then retry. If you enabled this API recently, wait a "
    "few minutes for the action to propagate to our systems and retry."
)


def missing(model: str, version: str, method: str) -> JSON:
    return body(
        404,
        f"models/{model} is not found for API version {version}, or is not supported for {method}. "
        "Call ListModels to see the list of available models and their supported methods.",
    )


def _bad_key() -> list[JSON]:
    return [
        detail(
            "ErrorInfo",
            reason="API_KEY_INVALID",
            domain="googleapis.com",
            metadata={"service": _SERVICE},
        ),
        detail("LocalizedMessage", locale="en-US", message=_BAD_KEY),
    ]


def _disabled() -> list[JSON]:
    metadata = {"service": _SERVICE, "consumer": "projects/12345678"}
    return [
        detail("Help", links=[{"description": "Google developers console API activation",
                               "url": "https://console.developers.google.com/"}]),
        detail("ErrorInfo", reason="SERVICE_DISABLED", domain="googleapis.com", metadata=metadata),
    ]  # fmt: skip


def _quota(kind: Refusal, model: str) -> JSON:
    """The message is more exact than `retryDelay`, which is cut to seconds; no Retry-After."""
    metric = f"{_SERVICE}/generate_content_free_tier_requests"
    period = "Minute" if kind is Refusal.MINUTE else "Day"
    limit = {Refusal.MINUTE: 10, Refusal.DAY: 250}.get(kind, 0)
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more "
        f"information on this error, head to: {_LIMITS}. \n* Quota exceeded for metric: {metric}, "
        f"limit: {limit}, model: {model}\nPlease retry in 48.939935699s."
    )
    violation = {
        "quotaMetric": metric,
        "quotaId": f"GenerateRequestsPer{period}PerProjectPerModel-FreeTier",
        "quotaDimensions": {"location": "global", "model": model},
    }
    if limit:
        violation["quotaValue"] = str(limit)
    help_ = {"description": "Learn more about Gemini API quotas", "url": _LIMITS}
    return body(
        429,
        message,
        [
            detail("Help", links=[help_]),
            detail("QuotaFailure", violations=[violation]),
            detail("RetryInfo", retryDelay="48s"),
        ],
    )
