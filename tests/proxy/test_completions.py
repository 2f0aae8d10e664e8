"""Clients of OpenAI's legacy completions through the door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.app import Door
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.proxy.test_app import ANSWER, AUTH, EVENT, SSE, ask
from tests.support.asgi import call
from tests.support.rooms import Rooms, Script

PATH = "/v1/completions"
ASKED = {"model": "gemini-2.5-flash", "prompt": "hi"}


async def test_gemini_completes_a_text() -> None:
    rooms = Rooms(Script(ANSWER))
    caller = await ask(rooms, PATH, ASKED | {"echo": True})
    assert caller.status == 200
    assert caller.json["object"] == "text_completion"
    assert caller.json["choices"][0]["text"] == "hihello"
    assert list(rooms.ledger.settled.values()) == [True]


async def test_a_stream_is_one_of_completions() -> None:
    caller = await ask(
        Rooms(Script(EVENT, content_type=SSE)), PATH, {**ASKED, "stream": True, "n": 1}
    )
    assert b'"text":"hello"' in caller.body
    assert caller.body.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("more", [{"suffix": "end"}, {"prompt": ["a", "b"]}, {"prompt": [1, 2]}])
async def test_what_only_completions_can_do_is_refused_before_it_costs(more: object) -> None:
    rooms = Rooms()
    caller = await ask(rooms, PATH, {**ASKED, **dict(more)})  # type: ignore[call-overload]
    assert caller.status == 400
    assert caller.json["error"]["param"] in {"suffix", "prompt"}
    assert rooms.client.asked == []
    assert list(rooms.ledger.settled.values()) == [False]


async def test_it_passes_untouched_to_an_upstream_of_its_own() -> None:
    answer = b'{"id":"cmpl-1","choices":[{"text":"x","index":0,"finish_reason":"stop"}], "y":1.0}'
    rooms = Rooms(Script(answer))
    upstream = OpenAICompatible("http://up.test/v1", "test", Dialect.OPENAI_COMPLETIONS)
    table = RouteTable([Provider("up", upstream, {"fim": "fim"})])
    body = b'{"model": "fim", "prompt": ["def f(", "def g("], "suffix": "return 1", "odd": 1.0}'
    services = replace(rooms.services, routes=lambda: table)
    caller = await call(Door(services), "POST", PATH, headers=AUTH, body=body)
    assert caller.body == answer
    assert rooms.client.asked[0].body == body
    assert rooms.client.asked[0].url == "http://up.test/v1/completions"


async def test_errors_are_openais() -> None:
    caller = await call(Door(Rooms().services), "GET", PATH)
    assert (caller.status, caller.json["error"]["code"]) == (405, "method_not_allowed")
