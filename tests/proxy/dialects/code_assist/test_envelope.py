from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.code_assist import CODEC, envelope
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.errors import GatewayError
from proxy.ir import Dialect, Extra, Opaque, Ping, Start
from tests.proxy.dialects.code_assist.wrapped import JSON, TRACE, asked

INNER: JSON = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"model": "m"}, "request"),
        ({"model": "m", "request": None}, "request"),
        ({"model": "m", "request": []}, "request"),
        ({"model": "m", "request": {}}, "contents"),
        ({"model": 5, "request": INNER}, "model"),
    ],
)
def test_a_malformed_envelope_is_told_by_its_field(body: JSON, field: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body)
    assert caught.value.param == field


def test_the_callers_body_is_left_as_it_was() -> None:
    body = asked(INNER)
    CODEC.render_request(CODEC.parse_request(body))
    assert body == asked(INNER)


def test_another_model_is_named_in_the_envelope_only() -> None:
    body = asked({**INNER, "model": "models/inside"}, model="models/a")
    request = CODEC.parse_request(body, model="b")
    rendered = CODEC.render_request(request).body
    assert (rendered["model"], rendered["request"]["model"]) == ("b", "models/inside")


def test_how_the_call_is_addressed_is_nobody_elses_business() -> None:
    request = CODEC.parse_request(asked(INNER, enabled_credit_types=["GOOGLE_ONE_AI"]))
    rendered = GEMINI.render_request(request)
    assert rendered.body == INNER
    assert rendered.losses == []


def test_a_gemini_clients_model_stays_out_of_the_request() -> None:
    request = GEMINI.parse_request({**INNER, "model": "models/m"}, model="m")
    assert CODEC.render_request(request).body == {"model": "m", "request": INNER}


def beside(*told: tuple[JSON, list[Any]]) -> list[list[Any]]:
    reader = envelope.Beside()
    return [reader.tell(fields, events) for fields, events in told]


def own(**fields: Any) -> Extra:
    return Extra(Opaque(Dialect.CODE_ASSIST, fields))


@pytest.mark.parametrize(("said", "heard"), [("", TRACE), ("r", "r")])
def test_the_trace_is_the_id_of_an_answer_that_has_none(said: str, heard: str) -> None:
    [[event]] = beside(({"traceId": TRACE}, [Start(said, "m")]))
    assert event.id == heard


def test_what_the_account_paid_is_told_once_after_the_start() -> None:
    paid = {"consumedCredits": [{"creditAmount": "1"}]}
    told = beside((paid, [Start("r", "m"), Ping()]), (paid, [Ping()]), ({}, []))
    assert told[0][1:] == [own(**paid), Ping()]
    assert told[1:] == [[Ping()], []]


def test_a_trace_that_came_before_the_answer_is_its_trace() -> None:
    [_, [event]] = beside(({"traceId": TRACE}, []), ({}, [Start("", "m")]))
    assert event.id == TRACE


def test_a_trace_that_changes_is_not_lost() -> None:
    told = beside(({"traceId": "a"}, [Start("", "m")]), ({"traceId": "b"}, []))
    assert told[1] == [own(traceId="b")]


def test_what_stands_beside_is_written_once() -> None:
    around = envelope.Around()
    (start,) = envelope.Beside().tell({"traceId": TRACE}, [Start("", "m")])
    assert around.sift([start, own(remainingCredits=[]), Ping()]) == [start, Ping()]
    assert around.waiting
    assert around.wrap({}) == {"response": {}, "traceId": TRACE, "remainingCredits": []}
    assert not around.waiting
    assert around.wrap({}) == {"response": {}, "traceId": TRACE}


def test_an_answer_of_another_service_has_no_trace() -> None:
    around = envelope.Around()
    around.sift(
        [Start("chatcmpl-1", "m", opaque=Opaque(Dialect.OPENAI_CHAT, {}, {"traceId": "x"}))]
    )
    assert around.wrap({"a": 1}) == {"response": {"a": 1}}
