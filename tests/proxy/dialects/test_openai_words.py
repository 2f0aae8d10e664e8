"""The gateway's errors in OpenAI's words."""

from __future__ import annotations

import pytest

from proxy.dialects import openai_chat, openai_responses, openai_words
from proxy.dialects.base import Codec
from proxy.errors import ErrorKind, GatewayError, invalid

# https://platform.openai.com/docs/guides/error-codes and the recordings.
TYPES = {"invalid_request_error", "insufficient_quota", "requests", "server_error"}


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_has_words(kind: ErrorKind) -> None:
    said = openai_words.fields(GatewayError(kind, "why", param="input"))
    assert said.pop("type") in TYPES
    assert said == {"message": "why", "param": "input", "code": kind.value}


@pytest.mark.parametrize("codec", [openai_chat.CODEC, openai_responses.CODEC], ids=["chat", "resp"])
def test_a_bad_field_is_named(codec: Codec) -> None:
    assert codec.render_error(invalid("n must be 1", "n")) == {
        "error": {
            "message": "n must be 1",
            "type": "invalid_request_error",
            "param": "n",
            "code": "invalid_request",
        }
    }


@pytest.mark.parametrize(
    ("kind", "type_", "code"),
    [
        (ErrorKind.UNAUTHENTICATED, "invalid_request_error", "invalid_api_key"),
        (ErrorKind.MODEL_NOT_FOUND, "invalid_request_error", "model_not_found"),
        (ErrorKind.QUOTA_EXHAUSTED, "insufficient_quota", "insufficient_quota"),
        (ErrorKind.RATE_LIMITED, "requests", "rate_limit_exceeded"),
    ],
)
def test_openais_own_words_are_used(kind: ErrorKind, type_: str, code: str) -> None:
    error = openai_words.render(GatewayError(kind, "x"))["error"]
    assert (error["type"], error["code"]) == (type_, code)
