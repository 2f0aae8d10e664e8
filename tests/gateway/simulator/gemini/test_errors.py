"""Error bodies against those that were recorded."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.simulator.faults import Refusal
from gateway.simulator.gemini import errors
from tests.gateway.simulator.shapes import gemini
from tests.support import wire


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_a_body(refusal: Refusal) -> None:
    error = errors.refusal(refusal, "m", "v1beta", "generateContent")["error"]
    assert error["status"] == errors.STATUS[error["code"]]
    assert error["message"]


async def test_an_error_to_sse_is_json_that_claims_to_be_a_stream(
    client: httpx.AsyncClient,
) -> None:
    path = "/v1beta/models/sim-429-minute:streamGenerateContent?alt=sse"
    answer = await client.post(path, json=gemini())
    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/event-stream")
    assert "retry-after" not in answer.headers
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"


async def test_a_missing_key_is_403_and_a_bad_one_400(client: httpx.AsyncClient) -> None:
    path = "/v1beta/models/sim-401:generateContent"
    bad = await client.post(path, json=gemini())
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        missing = await stranger.post(path, json=gemini())
    assert (bad.status_code, missing.status_code) == (400, 403)


@pytest.mark.parametrize(
    "exchange", wire.exchanges("gemini", lambda e: "this-model-does-not-exist" in str(e))
)
async def test_a_missing_model_reads_as_recorded(
    client: httpx.AsyncClient, exchange: dict[str, Any]
) -> None:
    recorded = exchange["response"]
    path = "/v1beta/models/sim-404:streamGenerateContent?alt=sse"
    answer = await client.post(path, json=gemini())
    assert answer.headers["content-type"] == recorded["content_type"]
    recorded["body"]["error"]["message"] = recorded["body"]["error"]["message"].replace(
        "this-model-does-not-exist-12345", "sim-404"
    )
    assert answer.json() == recorded["body"]
