"""Every recorded exchange of this dialect and its relatives has a reader."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import CODEC, failures
from proxy.ir import Finish
from tests.proxy.dialects.openai_chat.streams import told
from tests.support.wire import exchanges

RESPONSES = "a stream or an answer of the Responses API, which is a dialect of its own"
ELSEWHERE = {
    "compat-deepseek--responses-protocol-dialects-with-deepseek-deepseek-v4-fl-cac6eb": RESPONSES,
    "compat-xai--function-calling-xai-grok-4-1-fast-non-reasoning-can-use-": RESPONSES,
    "compat-xai--with-params-xai-grok-4-1-fast-non-reasoning-supports-res-": RESPONSES,
}
RECORDED = [*exchanges("openai-chat"), *exchanges("openai-compatible")]


@pytest.mark.parametrize("exchange", RECORDED)
def test_a_recorded_answer_has_a_reader(exchange: Any) -> None:
    response = exchange["response"]
    if any(exchange["id"].startswith(name) for name in ELSEWHERE):
        assert exchange["request"]["path"].endswith("/responses")
    elif "sse" in response:
        events, error = told(response["sse"].encode())
        assert error or isinstance(events[-1], Finish)
    elif response["status"] >= 400 or "error" in response["body"]:
        error = failures.found(response["body"])
        assert error is not None
        assert error.message
    elif response["body"].get("object") == "list":
        assert all(set(model) <= MODEL for model in response["body"]["data"])
    else:
        assert isinstance(CODEC.parse_response(response["body"])[-1], Finish)


MODEL = {"id", "object", "created", "owned_by"}
"""What `models.py` writes; the recorded lists have no other field."""
