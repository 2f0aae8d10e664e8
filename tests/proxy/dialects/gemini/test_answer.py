from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini.answer import Answer
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Extra, Finish, Open, Start, Usage
from tests.proxy.dialects.gemini.fold import Folded, said


def heard(*chunks: Any, whole: bool = False) -> Batch:
    answer = Answer()
    events = [event for chunk in chunks for event in answer.feed(chunk)]
    return events + answer.end(whole=whole)


def test_it_starts_once_with_the_real_model() -> None:
    head = {"modelVersion": "models/m", "responseId": "r", "createTime": "2026-05-19T14:59:42.78Z"}
    events = heard(head | said({"text": "a"}), head | said(finishReason="STOP"))
    starts = [event for event in events if isinstance(event, Start)]
    assert [(start.id, start.model, start.created) for start in starts] == [("r", "m", 1779202782)]


def test_candidates_are_told_apart_and_share_no_index() -> None:
    both = [{"index": at, "content": {"parts": [{"text": str(at)}]}} for at in (0, 1)]
    ended = [{"index": at, "finishReason": "STOP"} for at in (0, 1)]
    events = heard({"candidates": both}, {"candidates": ended})
    opened = [event for event in events if isinstance(event, Open)]
    assert [(event.index, event.choice) for event in opened] == [(0, 0), (1, 1)]
    assert Folded(events).finishes.keys() == {0, 1}


def test_a_candidate_left_open_breaks_the_stream() -> None:
    both = [{"index": 0, "finishReason": "STOP"}, {"index": 1}]
    with pytest.raises(GatewayError) as caught:
        heard({"candidates": both})
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


def test_a_whole_answer_may_lack_its_reason() -> None:
    finish = Folded(heard(said({"text": "a"}), whole=True)).finishes[0]
    assert (finish.reason, finish.raw) == ("other", "")


def test_usage_comes_before_the_finish_and_only_when_it_changed() -> None:
    count = {"usageMetadata": {"promptTokenCount": 1}}
    events = heard(said({"text": "a"}) | count, said(finishReason="STOP") | count)
    assert [type(event) for event in events if isinstance(event, Usage | Finish)] == [Usage, Finish]


def test_usage_without_counts_waits_for_the_end() -> None:
    vertex = {"usageMetadata": {"trafficType": "ON_DEMAND"}}
    events = heard(said({"text": "a"}) | vertex, said(finishReason="STOP") | vertex)
    assert len([event for event in events if isinstance(event, Usage)]) == 1


def test_unknown_fields_of_an_answer_are_kept() -> None:
    extra = {"remainingCredits": 3}
    events = heard(said({"text": "a"}) | extra, said(finishReason="STOP") | extra)
    assert [event.opaque.data for event in events if isinstance(event, Extra)] == [extra]


def test_feedback_without_a_block_is_no_finish() -> None:
    feedback: dict[str, Any] = {"promptFeedback": {"safetyRatings": []}}
    folded = Folded(heard(said({"text": "a"}, finishReason="STOP") | feedback))
    assert folded.extras == feedback
