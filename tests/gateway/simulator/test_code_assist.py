"""Code Assist: the envelope, the account, the quota errors."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gateway.simulator.code_assist import PROJECT
from tests.gateway.simulator.shapes import JSON, crlf_events, gemini
from tests.support.simulator import Upstream

TOKEN = "ya29.x"
METADATA = {"ideType": "IDE_UNSPECIFIED", "pluginType": "GEMINI"}


async def call(client: httpx.AsyncClient, method: str, body: JSON, token: str = TOKEN) -> Any:
    headers = {"authorization": f"Bearer {token}"}
    return (await client.post(f"/v1internal:{method}", json=body, headers=headers)).json()


def wrapped(text: str = "Hello", model: str = "gemini-2.5-flash", **more: Any) -> JSON:
    return {"model": model, "project": PROJECT, "request": gemini(text, **more)}


async def test_the_answer_is_in_an_envelope(client: httpx.AsyncClient) -> None:
    answer = await call(client, "generateContent", wrapped(session_id="s"))
    assert answer.keys() == {"response", "traceId"}
    parts = answer["response"]["candidates"][0]["content"]["parts"]
    assert parts == [{"text": "You said: Hello"}]


async def test_every_event_of_a_stream_is(client: httpx.AsyncClient) -> None:
    path = "/v1internal:streamGenerateContent?alt=sse"
    events = crlf_events((await client.post(path, json=wrapped())).content)
    assert len({event["traceId"] for event in events}) == 1
    texts = [e["response"]["candidates"][0]["content"]["parts"][0]["text"] for e in events]
    assert "".join(texts) == "You said: Hello"


async def test_tokens_are_counted(client: httpx.AsyncClient) -> None:
    request = {"model": "models/gemini-2.5-flash", **gemini("one two")}
    assert await call(client, "countTokens", {"request": request}) == {"totalTokens": 2}


async def test_an_account_has_a_tier_and_a_project(client: httpx.AsyncClient) -> None:
    answer = await call(client, "loadCodeAssist", {"metadata": METADATA})
    assert answer["currentTier"]["id"] == "standard-tier"
    assert answer["cloudaicompanionProject"] == PROJECT


async def test_a_newcomer_is_onboarded_by_one_poll(client: httpx.AsyncClient) -> None:
    token = "new-account"
    offered = await call(client, "loadCodeAssist", {"metadata": METADATA}, token)
    assert "currentTier" not in offered
    (tier,) = [t["id"] for t in offered["allowedTiers"] if t.get("isDefault")]
    begun = await call(client, "onboardUser", {"tierId": tier, "metadata": METADATA}, token)
    assert begun["done"] is False
    done = (await client.get(f"/v1internal/{begun['name']}")).json()
    assert done["response"]["cloudaicompanionProject"]["id"] == PROJECT
    loaded = await call(client, "loadCodeAssist", {"metadata": METADATA}, token)
    assert loaded["currentTier"]["id"] == tier


async def test_the_free_tier_takes_no_project(client: httpx.AsyncClient) -> None:
    body = {"tierId": "free-tier", "cloudaicompanionProject": "mine", "metadata": METADATA}
    answer = await call(client, "onboardUser", body)
    assert answer["error"]["message"] == "Precondition check failed."


async def test_an_ineligible_account_hears_why(client: httpx.AsyncClient) -> None:
    answer = await call(client, "loadCodeAssist", {}, "ineligible-account")
    assert answer["ineligibleTiers"][0]["reasonCode"] == "INELIGIBLE_ACCOUNT"


@pytest.mark.parametrize(
    ("method", "key"),
    [
        ("retrieveUserQuota", "buckets"),
        ("listExperiments", "flags"),
        ("setCodeAssistGlobalUserSetting", "cloudaicompanionProject"),
    ],
)
async def test_the_neighbours_answer(client: httpx.AsyncClient, method: str, key: str) -> None:
    assert key in await call(client, method, {"project": PROJECT})
    assert await call(client, "recordCodeAssistMetrics", {}) == {}


@pytest.mark.parametrize(
    ("order", "status", "reason"),
    [
        ("429-minute", 429, "RATE_LIMIT_EXCEEDED"),
        ("429-day", 429, "QUOTA_EXHAUSTED"),
        ("429-quota", 429, "QUOTA_EXHAUSTED"),
        ("429-capacity", 429, "MODEL_CAPACITY_EXHAUSTED"),
        ("403-validation", 403, "VALIDATION_REQUIRED"),
    ],
)
async def test_errors_carry_their_reason(
    client: httpx.AsyncClient, upstream: Upstream, order: str, status: int, reason: str
) -> None:
    upstream.fail("key-a", order)
    answer = await client.post("/v1internal:generateContent", json=wrapped())
    info = answer.json()["error"]["details"][0]
    assert (answer.status_code, info["reason"]) == (status, reason)
    assert info["domain"] == "cloudcode-pa.googleapis.com"


@pytest.mark.parametrize(
    ("order", "status"), [("401", 401), ("404", 404), ("500", 500), ("503", 503), ("429-bare", 429)]
)
async def test_other_errors_are_googles(
    client: httpx.AsyncClient, upstream: Upstream, order: str, status: int
) -> None:
    upstream.fail("key-a", order)
    answer = await client.post("/v1internal:generateContent", json=wrapped())
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)


@pytest.mark.parametrize(
    ("method", "body", "status"),
    [
        ("generateContent", {"model": "m"}, 400),
        ("generateContent", {"model": "m", "request": {"messages": []}}, 400),
        ("countTokens", {}, 400),
        ("embedContent", {}, 404),
    ],
)
async def test_mistakes_are_told(
    client: httpx.AsyncClient, method: str, body: JSON, status: int
) -> None:
    answer = await call(client, method, body)
    assert answer["error"]["code"] == status


async def test_an_unknown_operation_is_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1internal/operations/x")).status_code == 404


async def test_an_error_in_mid_stream_is_bare_json(client: httpx.AsyncClient) -> None:
    body = wrapped(model="sim-error-midstream")
    path = "/v1internal:streamGenerateContent?alt=sse"
    content = (await client.post(path, json=body)).content
    assert json.loads(content.rpartition(b"\r\n\r\n")[2])["error"]["code"] == 499
