"""Code Assist and Vertex through the door; the simulated services are behind it, on a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest

from credentials.health import Outcome, Refused
from credentials.pool import Access, Lease, Unavailable
from proxy.app import Door
from proxy.catalog import Catalog
from proxy.dispatch import Patience
from proxy.route import Provider, RouteTable
from proxy.services import Tuning
from proxy.upstreams.client import Client
from proxy.upstreams.code_assist import CodeAssist
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.vertex import Vertex
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, Rooms
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

AUTH = [("authorization", f"Bearer {KEY}")]
CONTENTS = [{"role": "user", "parts": [{"text": "hi there"}]}]
TOOL = {"functionDeclarations": [{"name": "look", "parametersJsonSchema": {"type": "object"}}]}
ROOT = "/v1internal"


class Pool:
    """One credential for each pool, by its name; reports are kept."""

    def __init__(self, extras: Mapping[str, Mapping[str, Any]]) -> None:
        self._extras = extras
        self.outcomes: list[Outcome] = []

    def count(self, provider: str) -> int:
        return 2

    def home(self, session: str) -> str:
        return ""

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        number = list(self._extras).index(provider)
        if number in exclude:
            raise Unavailable(1, None)
        return cast(Lease, _Lease(self, number, provider, self._extras[provider]))


class _Lease:
    def __init__(self, pool: Pool, number: int, provider: str, extra: Mapping[str, Any]) -> None:
        self._pool = pool
        self.access = Access(number, provider, provider, f"token-{provider}", "", extra)

    def begun(self) -> None:
        pass

    def report(self, outcome: Outcome, *, status: int = 0, words: str = "") -> None:
        self._pool.outcomes.append(outcome)


class House:
    """A door whose pools are the simulator's; `ca-…`, `api-…` and `vx-…` name the model's pool."""

    def __init__(self, client: Client, base: str, *, extras: Mapping[str, Any] = {}) -> None:
        fake = Rooms()
        routes = RouteTable(
            [
                Provider("ca", CodeAssist(base, "test"), {"ca": "gemini-2.5-pro"}, catch_all=True),
                Provider("api", GeminiApi(base, "test"), {"api": "gemini-2.5-pro"}),
                Provider("vx", Vertex(base, "test"), {"vx": "gemini-2.5-pro"}),
            ]
        )
        places = {"ca": {"project": "proj-1"}, "api": {}, "vx": {"project": "proj-2"}}
        self.pool = Pool({**places, **extras})
        self.ledger, self.calls = fake.ledger, fake.calls
        tuned = Tuning(Patience(3, 60.0), 0, 2**20, show_thoughts=True)
        self.services = replace(
            fake.services,
            pool=self.pool,
            client=client,
            routes=lambda: routes,
            tuning=lambda: tuned,
            catalog=Catalog(lambda: routes, self.pool, client),
        )

    async def ask(self, path: str, body: Any, *, method: str = "POST", query: str = "") -> Caller:
        door = Door(self.services)
        return await call(door, method, path, headers=AUTH, body=body, query=query)


@asynccontextmanager
async def opened(base: str, **options: Any) -> AsyncIterator[House]:
    async with Client(connect=5, idle=5) as client:
        house = House(client, base, **options)
        yield house
        await house.services.catalog.close()


@pytest.fixture
async def house(upstream: Upstream) -> AsyncIterator[House]:
    async with opened(upstream.base) as found:
        yield found


def envelope(model: str, **more: Any) -> dict[str, Any]:
    request = {"contents": CONTENTS, "session_id": "s", **more}
    return {"model": model, "project": "potluck", "user_prompt_id": "u", "request": request}


def text(answer: Any) -> str:
    parts = answer["candidates"][0]["content"]["parts"]
    return "".join(part.get("text", "") for part in parts)


def events(body: bytes) -> list[Any]:
    return [msgspec.json.decode(event[6:]) for event in body.split(b"\r\n\r\n") if event]


async def test_code_assist_passes_but_for_model_and_project(
    house: House, upstream: Upstream
) -> None:
    caller = await house.ask(f"{ROOT}:generateContent", envelope("ca"))
    assert caller.json.keys() == {"response", "traceId"}
    assert text(caller.json["response"]) == "You said: hi there"
    [seen] = upstream.requests
    assert seen.json == {**envelope("gemini-2.5-pro"), "project": "proj-1"}
    assert seen.headers["authorization"] == "Bearer token-ca"
    assert list(house.ledger.settled.values()) == [True]


async def test_a_stream_passes(house: House, upstream: Upstream) -> None:
    caller = await house.ask(f"{ROOT}:streamGenerateContent", envelope("ca"), query="alt=sse")
    found = events(caller.body)
    assert all(event.keys() == {"response", "traceId"} for event in found)
    assert "".join(text(event["response"]) for event in found) == "You said: hi there"
    assert upstream.last.query == {"alt": "sse"}
    assert house.ledger.records[-1].output_tokens


@pytest.mark.parametrize("model", ["api", "vx"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_gemini_answers_a_code_assist_client(house: House, model: str, stream: bool) -> None:
    method = "streamGenerateContent" if stream else "generateContent"
    query = "alt=sse" if stream else ""
    caller = await house.ask(f"{ROOT}:{method}", envelope(model), query=query)
    found = events(caller.body) if stream else [caller.json]
    assert all(event.keys() == {"response"} for event in found)
    assert "".join(text(event["response"]) for event in found) == "You said: hi there"
    assert "x-potluck-dropped" not in caller.headers


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_code_assist_answers_a_gemini_client(
    house: House, upstream: Upstream, stream: bool
) -> None:
    method = "streamGenerateContent" if stream else "generateContent"
    path, query = f"/v1beta/models/ca:{method}", "alt=sse" if stream else ""
    caller = await house.ask(path, {"contents": CONTENTS}, query=query)
    found = events(caller.body) if stream else [caller.json]
    assert "".join(map(text, found)) == "You said: hi there"
    assert all(event["responseId"] for event in found)
    assert "x-potluck-dropped" not in caller.headers
    asked = {"model": "gemini-2.5-pro", "request": {"contents": CONTENTS}, "project": "proj-1"}
    assert upstream.last.json == asked


async def test_code_assist_answers_an_openai_client(house: House) -> None:
    body = {"model": "ca", "messages": [{"role": "user", "content": "hi there"}]}
    caller = await house.ask("/v1/chat/completions", body)
    assert caller.json["choices"][0]["message"]["content"] == "You said: hi there"


async def test_a_signed_call_survives_the_way_there_and_back(
    house: House, upstream: Upstream
) -> None:
    """Gemini 3 refuses an altered signature; the conversation changes dialects in the middle."""
    model, tools = "ca/gemini-3-pro-preview", [TOOL]
    first = await house.ask(f"{ROOT}:generateContent", envelope(model, tools=tools))
    said = first.json["response"]["candidates"][0]["content"]
    [called] = [part for part in said["parts"] if "functionCall" in part]
    result = {"functionResponse": {"name": "look", "response": {"output": "seen"}}}
    contents = [*CONTENTS, said, {"role": "user", "parts": [result]}]
    path = "/v1beta/models/ca/gemini-3-pro-preview:generateContent"
    caller = await house.ask(path, {"contents": contents, "tools": tools})
    assert caller.status == 200, caller.body
    assert called["thoughtSignature"]
    assert called in upstream.last.json["request"]["contents"][1]["parts"]


async def test_tokens_are_counted_on_every_side(house: House, upstream: Upstream) -> None:
    body = {"request": {"model": "models/ca", "contents": CONTENTS}}
    passed = await house.ask(f"{ROOT}:countTokens", body)
    assert upstream.last.json["request"]["model"] == "models/gemini-2.5-pro"
    body["request"]["model"] = "models/vx"
    crossed = await house.ask(f"{ROOT}:countTokens", body)
    system = {"parts": [{"text": "be kind"}]}
    asked = {"generateContentRequest": {"contents": CONTENTS, "systemInstruction": system}}
    vertex = await house.ask("/v1beta/models/vx:countTokens", asked)
    gemini = await house.ask("/v1beta/models/ca:countTokens", {"contents": CONTENTS})
    assert [each.status for each in (passed, crossed, vertex, gemini)] == [200] * 4
    assert passed.json == gemini.json == {"totalTokens": crossed.json["totalTokens"]}
    assert vertex.json["totalTokens"] > passed.json["totalTokens"]


async def test_an_error_is_googles_without_an_envelope(house: House) -> None:
    bad = envelope("ca", generationConfig={"nonsense": 1})
    caller = await house.ask(f"{ROOT}:generateContent", bad)
    assert (caller.status, caller.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert "nonsense" in caller.json["error"]["message"]
    plain = {"contents": CONTENTS, "generationConfig": {"nonsense": 1}}
    gemini = await house.ask("/v1beta/models/ca:generateContent", plain)
    assert gemini.json == caller.json


@pytest.mark.parametrize(("order", "status"), [("429-quota", 429), ("429-capacity", 502)])
async def test_a_spent_account_is_told_without_the_words_that_make_clients_sleep(
    house: House, upstream: Upstream, order: str, status: int
) -> None:
    upstream.fail("token-ca", order)
    caller = await house.ask(f"{ROOT}:generateContent", envelope("ca"))
    assert caller.status == status
    assert b"cloudcode-pa" not in caller.body
    assert b"MODEL_CAPACITY_EXHAUSTED" not in caller.body
    assert b"exhausted your capacity" not in caller.body


async def test_a_failure_in_mid_stream_ends_it(house: House) -> None:
    body = envelope("ca/sim-error-midstream")
    for model in ("ca/sim-error-midstream", "api/sim-error-midstream"):
        body["model"] = model
        caller = await house.ask(f"{ROOT}:streamGenerateContent", body, query="alt=sse")
        assert b"data: " in caller.body and b'"error"' in caller.body


async def test_an_account_without_a_project_tells_its_operator(upstream: Upstream) -> None:
    async with opened(upstream.base, extras={"ca": {}}) as house:
        caller = await house.ask(f"{ROOT}:generateContent", envelope("ca"))
    [attempt] = house.calls[0].attempts
    assert "has no project" in attempt.reason
    assert (caller.status, upstream.requests) == (503, ())
    assert house.pool.outcomes == [Refused("no project", 403)]


async def test_embeddings_are_refused_where_there_are_none(house: House) -> None:
    for model in ("ca", "vx"):
        caller = await house.ask("/v1/embeddings", {"model": model, "input": "x"})
        assert (caller.status, caller.json["error"]["code"]) == (400, "invalid_request")


async def test_vertex_answers_a_gemini_client(house: House, upstream: Upstream) -> None:
    caller = await house.ask("/v1beta/models/vx:generateContent", {"contents": CONTENTS})
    assert text(caller.json) == "You said: hi there"
    place = "/v1/projects/proj-2/locations/global/publishers/google/models/"
    assert upstream.last.path == f"{place}gemini-2.5-pro:generateContent"


async def test_vertex_takes_an_express_key(upstream: Upstream) -> None:
    async with opened(upstream.base, extras={"vx": {}}) as house:
        caller = await house.ask("/v1beta/models/vx:generateContent", {"contents": CONTENTS})
    assert caller.status == 200
    assert upstream.last.headers["x-goog-api-key"] == "token-vx"


async def test_the_models_are_those_of_the_account(house: House) -> None:
    caller = await house.ask("/v1beta/models", b"", method="GET")
    names = {model["name"] for model in caller.json["models"]}
    assert {"models/ca", "models/gemini-3.1-pro-preview"} <= names


async def test_the_client_is_told_about_its_key(house: House, upstream: Upstream) -> None:
    loaded = await house.ask(f"{ROOT}:loadCodeAssist", {"metadata": {"pluginType": "GEMINI"}})
    assert loaded.json["currentTier"]["id"] == "standard-tier"
    onboarded = await house.ask(f"{ROOT}:onboardUser", {"tierId": "standard-tier"})
    polled = await house.ask(f"{ROOT}/{onboarded.json['name']}", b"", method="GET")
    assert polled.json == onboarded.json
    quota = await house.ask(f"{ROOT}:retrieveUserQuota", {"project": "potluck"})
    listed = {bucket["modelId"] for bucket in quota.json["buckets"]}
    assert "gemini-3.1-pro-preview" in listed
    assert all(entry.path.endswith(":retrieveUserQuota") for entry in upstream.requests)
    assert house.ledger.settled == {}


async def test_a_stranger_hears_nothing(house: House) -> None:
    caller = await call(Door(house.services), "POST", f"{ROOT}:loadCodeAssist", body={})
    assert (caller.status, caller.json["error"]["status"]) == (401, "UNAUTHENTICATED")


async def test_an_unknown_method_is_404(house: House) -> None:
    caller = await house.ask(f"{ROOT}:tabComplete", {})
    assert (caller.status, caller.json["error"]["status"]) == (404, "NOT_FOUND")
