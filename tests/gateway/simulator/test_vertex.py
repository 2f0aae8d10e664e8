"""Vertex: Gemini's bodies under a project's paths, for a token or an express key."""

from __future__ import annotations

import httpx
import pytest

from tests.gateway.simulator.shapes import JSON, crlf_events, gemini
from tests.support.simulator import Upstream

MODEL = "publishers/google/models/gemini-2.5-flash"
PROJECT = f"/v1/projects/p/locations/us-east1/{MODEL}"
EXPRESS = f"/v1/{MODEL}"
TOKEN = {"authorization": "Bearer key-a"}


@pytest.fixture
def plain(upstream: Upstream) -> httpx.Client:
    return httpx.Client(base_url=upstream.base, trust_env=False)


@pytest.mark.parametrize(
    ("path", "headers"),
    [(PROJECT, TOKEN), (EXPRESS, {"x-goog-api-key": "key-a"})],
    ids=["project", "express"],
)
def test_it_answers_as_gemini_does(plain: httpx.Client, path: str, headers: JSON) -> None:
    with plain:
        whole = plain.post(f"{path}:generateContent", json=gemini(), headers=headers).json()
        stream = plain.post(
            f"{path}:streamGenerateContent?alt=sse", json=gemini(), headers=headers
        ).content
    assert whole["candidates"][0]["content"]["parts"] == [{"text": "You said: Hello"}]
    assert crlf_events(stream)


@pytest.mark.parametrize(
    ("path", "headers"),
    [(PROJECT, {}), (PROJECT, {"x-goog-api-key": "k"}), (EXPRESS, TOKEN)],
    ids=["none", "a key for a project", "a token for express"],
)
def test_the_wrong_authentication_is_401(plain: httpx.Client, path: str, headers: JSON) -> None:
    with plain:
        answer = plain.post(f"{path}:generateContent", json=gemini(), headers=headers)
    assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")


def test_a_prompt_is_counted_bare(plain: httpx.Client) -> None:
    with plain:
        path = f"{PROJECT}:countTokens"
        good = plain.post(path, json=gemini("one two"), headers=TOKEN).json()
        bad = plain.post(path, json={"generateContentRequest": gemini()}, headers=TOKEN)
    assert good["totalTokens"] == 2 and good["totalBillableCharacters"]
    assert bad.status_code == 400 and "Unknown name" in bad.json()["error"]["message"]


def test_its_models_are_listed_in_v1beta1_only(plain: httpx.Client) -> None:
    with plain:
        beta = plain.get("/v1beta1/publishers/google/models", headers=TOKEN).json()
        stable = plain.get("/v1/publishers/google/models", headers=TOKEN)
    names = [model["name"] for model in beta["publisherModels"]]
    assert "publishers/google/models/gemini-2.5-pro" in names
    assert stable.status_code == 404


@pytest.mark.parametrize(
    ("tail", "status"), [(":predict", 404), (":batchEmbedContents", 404), ("-sim-404:x", 404)]
)
def test_what_it_does_not_have_is_404(plain: httpx.Client, tail: str, status: int) -> None:
    with plain:
        assert plain.post(PROJECT + tail, json={}, headers=TOKEN).status_code == status


def test_an_unknown_model_is_told_by_its_path(plain: httpx.Client, upstream: Upstream) -> None:
    upstream.fail("key-a", "404")
    with plain:
        answer = plain.post(f"{PROJECT}:generateContent", json=gemini(), headers=TOKEN).json()
    name = PROJECT.removeprefix("/v1/")
    assert answer["error"]["message"] == f"Publisher Model `{name}` not found."


def test_other_refusals_are_geminis(plain: httpx.Client, upstream: Upstream) -> None:
    upstream.fail("key-a", "429-bare")
    with plain:
        answer = plain.post(f"{PROJECT}:generateContent", json=gemini(), headers=TOKEN)
    assert answer.status_code == 429
