from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import ModelInfo
from proxy.dialects.gemini import CODEC, COUNTING, EMBEDDINGS, MODELS
from proxy.errors import GatewayError
from proxy.ir import Batch, Finish
from tests.proxy.dialects.gemini.fold import Folded, streamed
from tests.proxy.dialects.gemini.wire import LEFT_OUT, asked, data, kind, model, recorded
from tests.support.wire import FOLDER, Exchange, exchanges

PROMPTS = exchanges("gemini", lambda one: asked(one) and kind(one) != "countTokens")
ANSWERS = recorded("generate", "stream")
WHOLE = exchanges(
    "gemini",
    lambda one: kind(one) in ("generate", "stream") and "blob-truncated" not in one["features"],
)


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the recorded traffic is not on this machine")
def test_every_recording_is_used() -> None:
    kinds = [kind(param.values[0]) for param in exchanges("gemini")]
    assert len(kinds) == 84
    assert kinds.count("left out") == len(LEFT_OUT)


@pytest.mark.parametrize("exchange", PROMPTS)
def test_a_request_is_written_as_it_came(exchange: Exchange) -> None:
    body = exchange["request"]["body"]
    rendered = CODEC.render_request(CODEC.parse_request(body, model=model(exchange)))
    assert rendered.body == body
    assert rendered.losses == []


def events_of(exchange: Exchange) -> Batch:
    body = exchange["response"].get("body")
    if kind(exchange) == "stream":
        return streamed(data(exchange))
    return CODEC.parse_response(body)


@pytest.mark.parametrize("exchange", ANSWERS)
def test_an_answer_is_understood(exchange: Exchange) -> None:
    folded = Folded(events_of(exchange))
    assert folded.start is not None
    assert folded.finishes.keys() == {0}


def chunks(exchange: Exchange) -> list[Any]:
    import json

    body = exchange["response"].get("body")
    if isinstance(body, list):
        return body
    lines = str(exchange["response"]["sse"]).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: ")]


def joined(found: list[Any]) -> dict[str, Any]:
    """The chunks of a stream as the whole answer that they are."""
    whole: dict[str, Any] = {}
    candidate: dict[str, Any] = {}
    parts: list[Any] = []
    for chunk in found:
        for one in chunk.get("candidates", []):
            parts += one.get("content", {}).get("parts", [])
            old = candidate.get("citationMetadata", {})
            candidate.update({key: value for key, value in one.items() if value != {}})
            if old and "citationMetadata" in one:
                new = one["citationMetadata"]
                candidate["citationMetadata"] = {key: old[key] + new[key] for key in new}
        whole.update(chunk)
    if candidate:
        whole["candidates"] = [{**candidate, "content": {"parts": parts, "role": "model"}}]
    return whole


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_a_stream_says_what_the_whole_answer_says(exchange: Exchange) -> None:
    found = chunks(exchange)
    first = {key: found[0][key] for key in ("createTime",) if key in found[0]}
    whole = joined(found) | first
    assert Folded(streamed(data(exchange))) == Folded(CODEC.parse_response(whole))


@pytest.mark.parametrize("exchange", recorded("stream"))
def test_a_stream_may_be_cut_anywhere(exchange: Exchange) -> None:
    wire = data(exchange)
    expected = streamed(wire)
    for size in (1, 7, 64, 1009):
        assert streamed(wire, list(range(size, len(wire), size))) == expected


@pytest.mark.parametrize("array", [False, True], ids=["sse", "array"])
@pytest.mark.parametrize("exchange", WHOLE)
def test_a_stream_that_was_rendered_says_the_same(exchange: Exchange, array: bool) -> None:
    events = events_of(exchange)
    request = CODEC.parse_request({"contents": [{"parts": [{"text": "?"}]}]})
    renderer = CODEC.event_renderer(request, array=array)
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    assert Folded(streamed(wire)) == Folded(events)
    assert renderer.losses == []


@pytest.mark.parametrize("exchange", WHOLE)
def test_a_whole_answer_that_was_rendered_says_the_same(exchange: Exchange) -> None:
    events = events_of(exchange)
    request = CODEC.parse_request({"contents": [{"parts": [{"text": "?"}]}]})
    rendered = CODEC.render_response(events, request)
    assert Folded(CODEC.parse_response(rendered.body)) == Folded(events)
    assert rendered.losses == []


@pytest.mark.parametrize("exchange", recorded("generate"))
def test_usage_metadata_is_rendered_exactly(exchange: Exchange) -> None:
    body = exchange["response"]["body"]
    request = CODEC.parse_request({"contents": [{"parts": [{"text": "?"}]}]})
    rendered = CODEC.render_response(CODEC.parse_response(body), request)
    assert rendered.body.get("usageMetadata") == body.get("usageMetadata")


@pytest.mark.parametrize("exchange", ANSWERS)
def test_google_counts_the_way_we_add(exchange: Exchange) -> None:
    usage = Folded(events_of(exchange)).usage
    if usage and usage.input is not None and usage.opaque:
        total = usage.opaque.shape.get("totalTokenCount")
        if total is not None and exchange["provenance"] != "reference-mock":
            assert usage.input + (usage.output or 0) == total


@pytest.mark.parametrize("exchange", ANSWERS)
def test_grounding_offsets_fit_the_text(exchange: Exchange) -> None:
    folded = Folded(events_of(exchange))
    text = "".join(getattr(part, "text", "") for part in folded.parts.get(0, []))
    for cite in folded.cites:
        assert cite.citations
        for one in cite.citations:
            if one.start is not None and one.end is not None:
                assert 0 <= one.start <= one.end <= len(text)


@pytest.mark.parametrize("exchange", recorded("error"))
def test_an_error_under_status_200_is_an_error(exchange: Exchange) -> None:
    with pytest.raises(GatewayError) as caught:
        streamed(data(exchange))
    told = exchange["response"]["body"]["error"]
    assert told["message"][:200] in caught.value.message
    assert CODEC.render_error(caught.value) == exchange["response"]["body"]


@pytest.mark.parametrize("exchange", recorded("countTokens"))
def test_tokens_are_counted(exchange: Exchange) -> None:
    body = exchange["request"]["body"]
    request = COUNTING.parse_request(body, model=model(exchange))
    inner = body.get("generateContentRequest", body)
    assert CODEC.render_request(request).body == inner
    rendered = COUNTING.render_request(request).body["generateContentRequest"]
    assert rendered == {**inner, "model": f"models/{model(exchange)}"}
    answer = exchange["response"]["body"]
    assert COUNTING.parse_response(answer) == answer["totalTokens"]


@pytest.mark.parametrize("exchange", recorded("batchEmbedContents"))
def test_embeddings_are_read(exchange: Exchange) -> None:
    body = exchange["request"]["body"]
    request = EMBEDDINGS.parse_request(body, model=model(exchange), batch=True)
    assert EMBEDDINGS.render_request(request).body == body
    answer = EMBEDDINGS.parse_response(exchange["response"]["body"], request)
    assert EMBEDDINGS.render_response(answer, request) == exchange["response"]["body"]


@pytest.mark.parametrize("exchange", recorded("models"))
def test_a_model_is_listed_under_googles_field_names(exchange: Exchange) -> None:
    known = exchange["response"]["body"]["models"][0]
    rendered = MODELS.render_model(ModelInfo("gemini-2.5-flash", "google"))
    assert rendered.keys() <= known.keys()
    assert rendered["name"] == known["name"]


@pytest.mark.parametrize("exchange", recorded("generate"))
def test_the_reason_is_said_once(exchange: Exchange) -> None:
    events = CODEC.parse_response(exchange["response"]["body"])
    assert [type(event) for event in events].count(Finish) == 1
    assert isinstance(events[-1], Finish)
