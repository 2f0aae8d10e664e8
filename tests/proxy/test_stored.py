"""Answers that are kept: through the door, by two keys, and what holds them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
import pytest

from keys.directory import Directory, Grant
from proxy import stored
from proxy.app import Door
from proxy.ir import Dialect
from proxy.operation import Record
from proxy.route import Provider, RouteTable
from proxy.stored import Answers
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.proxy.test_app import ANSWER, EVENT, SSE
from tests.support.asgi import Caller, call
from tests.support.rooms import NOW, Rooms, Script, make_grant
from tests.support.shelf import FakeShelf

PATH = "/v1/responses"
ALICE, BOB = "sk-" + "a" * 43, "sk-" + "b" * 43
ASKED = {"model": "gemini-2.5-flash", "input": "hi"}
SAID = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "yo"}]}
WHOLE = msgspec.json.encode(
    {"id": "resp_up", "object": "response", "status": "completed", "output": [SAID]}
)
COMPLETED = b'event: response.completed\ndata: {"type":"response.completed","response":' + WHOLE
BEGUN = (
    b'event: response.created\ndata: {"type":"response.created","response":{"id":"resp_up"}}\n\n'
)


class TwoKeys:
    def __init__(self) -> None:
        self._grants = {
            ALICE: make_grant(key_id=1, label="alice"),
            BOB: make_grant(key_id=2, label="bob"),
        }

    def find(self, secret: str) -> Grant | None:
        return self._grants.get(secret)

    async def find_or_refresh(self, secret: str) -> Grant | None:
        return self.find(secret)


@dataclass
class House:
    """A door whose answers are kept, behind it `rooms`. `other()` is another process's door."""

    rooms: Rooms
    shelf: FakeShelf
    answers: Answers
    reader: ThreadPoolExecutor

    @property
    def door(self) -> Door:
        agent = "test"
        responses = OpenAICompatible("http://up.test/v1", agent, Dialect.OPENAI_RESPONSES)
        table = RouteTable(
            [
                Provider("gemini", GeminiApi("http://gemini.test", agent), catch_all=True),
                Provider("up", responses, {"gpt": "gpt"}),
            ]
        )
        services = replace(
            self.rooms.services,
            directory=cast(Directory, TwoKeys()),
            answers=self.answers,
            routes=lambda: table,
        )
        return Door(services)

    async def ask(self, key: str = ALICE, **body: Any) -> Caller:
        return await self.send("POST", PATH, key, body=ASKED | body)

    async def send(self, method: str, path: str, key: str, **options: Any) -> Caller:
        headers = [("authorization", f"Bearer {key}")]
        return await call(self.door, method, path, headers=headers, **options)

    @property
    def sent(self) -> Any:
        """The last body that an upstream got."""
        return msgspec.json.decode(self.rooms.client.asked[-1].body or b"")


@pytest.fixture
def reader() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def house(reader: ThreadPoolExecutor, *scripts: Script, **limits: Any) -> House:
    shelf = FakeShelf()
    answers = Answers(shelf, reader, lambda: NOW, again=(), **limits)
    return House(Rooms(*scripts), shelf, answers, reader)


async def test_a_question_goes_on_from_an_answer(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(ANSWER), Script(ANSWER))
    first = await here.ask()
    second = await here.ask(input="and?", previous_response_id=first.json["id"])
    assert second.status == 200
    said = [part["text"] for turn in here.sent["contents"] for part in turn["parts"]]
    assert said == ["hi", "hello", "and?"]
    await here.answers.close()


async def test_a_stream_is_kept_as_well(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(EVENT, content_type=SSE), Script(ANSWER))
    await here.ask(stream=True)
    await here.answers.close()
    ((_, id),) = here.shelf.rows
    await here.ask(input="and?", previous_response_id=id)
    assert len(here.sent["contents"]) == 3


async def test_an_upstream_of_the_dialect_sees_the_conversation_and_keeps_nothing(
    reader: ThreadPoolExecutor,
) -> None:
    here = house(reader, Script(WHOLE), Script(WHOLE))
    first = await here.ask(model="gpt")
    assert first.body == WHOLE
    assert here.sent["store"] is False
    await here.ask(model="gpt", input="and?", previous_response_id="resp_up", instructions="brief")
    assert here.sent == {
        "model": "gpt",
        "instructions": "brief",
        "input": [
            {"type": "message", "role": "user", "content": "hi"},
            SAID,
            {"type": "message", "role": "user", "content": "and?"},
        ],
        "store": False,
    }
    await here.answers.close()


@pytest.mark.parametrize("size", [7, 100_000])
async def test_a_passing_stream_is_kept_however_it_is_cut(
    reader: ThreadPoolExecutor, size: int
) -> None:
    wire = BEGUN + COMPLETED + b"}\n\n"
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    here = house(reader, Script(*pieces, content_type=SSE))
    caller = await here.ask(model="gpt", stream=True)
    assert caller.body == wire
    await here.answers.close()
    assert list(here.shelf.rows) == [(1, "resp_up")]


async def test_what_says_so_passes_untouched_and_is_not_kept(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(WHOLE))
    body = b'{"model": "gpt", "input" : "hi", "store": false, "odd": 1.0}'
    await here.send("POST", PATH, ALICE, body=body)
    assert here.rooms.client.asked[0].body == body
    await here.answers.close()
    assert here.shelf.rows == {}
    assert (await here.send("GET", f"{PATH}/resp_up", ALICE)).status == 404


async def test_an_answer_can_be_read_listed_and_deleted(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(ANSWER))
    first = await here.ask()
    path = f"{PATH}/{first.json['id']}"
    assert (await here.send("GET", path, ALICE)).json == first.json | {"store": True}
    listed = await here.send("GET", f"{path}/input_items", ALICE, query="order=asc")
    assert listed.json["data"][0]["content"] == [{"type": "input_text", "text": "hi"}]
    gone = await here.send("DELETE", path, ALICE)
    assert gone.json == {"id": first.json["id"], "object": "response.deleted", "deleted": True}
    assert (await here.send("GET", path, ALICE)).status == 404
    assert (await here.send("DELETE", path, ALICE)).status == 404
    assert (await here.ask(previous_response_id=first.json["id"])).status == 400


@pytest.mark.parametrize("remembered", [True, False])
async def test_bob_does_not_see_what_alice_asked(
    reader: ThreadPoolExecutor, remembered: bool
) -> None:
    here = house(reader, Script(ANSWER), memory=2**20 if remembered else 0)
    first = await here.ask()
    await here.answers.close()
    id = first.json["id"]
    nothing = (await here.send("GET", f"{PATH}/resp_none", BOB)).json
    for method, path in (
        ("GET", f"{PATH}/{id}"),
        ("DELETE", f"{PATH}/{id}"),
        ("GET", f"{PATH}/{id}/input_items"),
    ):
        found = await here.send(method, path, BOB)
        assert found.status == 404
        # Not even whether it exists.
        assert found.body.replace(id.encode(), b"resp_none") == msgspec.json.encode(nothing)
    refused = await here.ask(BOB, previous_response_id=id)
    assert refused.status == 400
    assert refused.json["error"]["code"] == "previous_response_not_found"
    assert (await here.send("GET", f"{PATH}/{id}", ALICE)).status == 200


async def test_bob_gets_his_own_answer_of_the_same_id(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(WHOLE), Script(WHOLE.replace(b"yo", b"ho")))
    await here.ask(ALICE, model="gpt")
    await here.ask(BOB, model="gpt")
    seen = [(await here.send("GET", f"{PATH}/resp_up", key)).body for key in (ALICE, BOB)]
    assert [b"yo" in seen[0], b"ho" in seen[1]] == [True, True]
    await here.answers.close()


async def test_a_missing_answer_costs_nothing_and_asks_nobody(reader: ThreadPoolExecutor) -> None:
    here = house(reader)
    refused = await here.ask(previous_response_id="resp_1")
    assert refused.json["error"]["message"] == "Previous response with id 'resp_1' not found."
    assert here.rooms.ledger.quota == 1_000
    assert here.rooms.client.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_another_method_is_told_which_there_are(
    reader: ThreadPoolExecutor, method: str
) -> None:
    caller = await house(reader).send(method, f"{PATH}/resp_1", ALICE)
    assert (caller.status, caller.headers["allow"]) == (405, "GET, HEAD, DELETE")


async def test_a_stranger_reads_nothing(reader: ThreadPoolExecutor) -> None:
    caller = await house(reader).send("GET", f"{PATH}/resp_1", "sk-nobody")
    assert caller.status == 401


async def test_nothing_is_kept_where_the_operator_does_not_want_it() -> None:
    rooms = Rooms(Script(ANSWER))
    headers = [("authorization", f"Bearer {'sk-' + 'k' * 43}")]
    door = Door(rooms.services)
    caller = await call(door, "POST", PATH, headers=headers, body=ASKED | {"store": True})
    assert caller.json["store"] is False
    assert caller.headers["x-potluck-dropped"] == "store"
    path = f"{PATH}/{caller.json['id']}"
    assert (await call(door, "GET", path, headers=headers)).status == 404


async def test_an_answer_that_broke_off_is_not_kept(reader: ThreadPoolExecutor) -> None:
    error = b'event: error\ndata: {"type":"error","error":{"message":"no"}}\n\n'
    here = house(reader, Script(BEGUN, error, content_type=SSE))
    await here.ask(model="gpt", stream=True)
    await here.answers.close()
    assert here.shelf.rows == {}


async def test_another_process_finds_it_in_the_database(reader: ThreadPoolExecutor) -> None:
    here = house(reader, Script(ANSWER))
    first = await here.ask()
    await here.answers.close()
    there = Answers(here.shelf, reader, lambda: NOW, again=())
    assert await there.find(1, first.json["id"]) is not None
    assert await there.find(2, first.json["id"]) is None


async def test_it_looks_again_for_what_is_being_written(reader: ThreadPoolExecutor) -> None:
    shelf = FakeShelf()
    answers = Answers(shelf, reader, lambda: NOW, again=(0.01,))
    looking = asyncio.get_running_loop().create_task(answers.find(1, "resp_1"))
    await asyncio.sleep(0)
    shelf.rows[1, "resp_1"] = b"{}"
    assert await looking == b"{}"


async def test_it_believes_its_memory_for_a_minute(reader: ThreadPoolExecutor) -> None:
    now = [0.0]
    shelf = FakeShelf()
    answers = Answers(shelf, reader, lambda: NOW, again=(), ticks=lambda: now[0])
    answers.keep(1, Record("resp_1", b"{}"))
    await answers.close()
    # Another process deletes it.
    shelf.rows.clear()
    assert await answers.find(1, "resp_1") == b"{}"
    now[0] = 61.0
    assert await answers.find(1, "resp_1") is None


async def test_memory_has_an_end_and_the_oldest_go_first(reader: ThreadPoolExecutor) -> None:
    shelf = FakeShelf()
    shelf.broken = True
    answers = Answers(shelf, reader, lambda: NOW, again=(), memory=10)
    for number in range(4):
        answers.keep(1, Record(f"resp_{number}", b"12345"))
    await answers.close()
    found = [await answers.find(1, f"resp_{number}") for number in range(4)]
    assert found == [None, None, b"12345", b"12345"]


async def test_a_database_that_is_behind_does_not_fill_memory(reader: ThreadPoolExecutor) -> None:
    shelf = FakeShelf()
    answers = Answers(shelf, reader, lambda: NOW, pending=8)
    for number in range(3):
        answers.keep(1, Record(f"resp_{number}", b"12345"))
    await answers.close()
    assert list(shelf.rows) == [(1, "resp_0")]


async def test_a_conversation_that_is_too_long_is_not_kept(
    reader: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "LONGEST", 100)
    here = house(reader, Script(ANSWER))
    caller = await here.ask(input="x" * 200)
    assert caller.status == 200
    await here.answers.close()
    assert here.shelf.rows == {}


async def test_what_has_expired_is_pruned(reader: ThreadPoolExecutor) -> None:
    here = house(reader)
    await here.answers.prune()
    assert here.shelf.pruned == [NOW]
