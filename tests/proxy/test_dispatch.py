"""One answer from many credentials; another one is asked only before the first piece."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from typing import cast

import pytest

from credentials.health import NotItsFault, RateLimited, Stumbled, Succeeded
from credentials.pool import Lack, Lease, Unavailable
from proxy.call import Call
from proxy.dispatch import Patience, Send, dispatch
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Piece
from proxy.names import ModelName
from proxy.reasons import Reason
from proxy.route import Detour, Route, Target
from proxy.upstreams.base import AttemptFailed, Upstream
from tests.support.rooms import NOW, FakePool

TARGET = Target("gemini", "m", cast(Upstream, object()))
ROUTE = Route(ModelName.parse("m"), (TARGET,))
SLOW_DOWN = AttemptFailed(
    RateLimited("m"), GatewayError(ErrorKind.POOL_COOLING, "slow", retry_after=9), retry=True
)
MISTAKE = AttemptFailed(
    NotItsFault(), GatewayError(ErrorKind.UPSTREAM_REJECTED, "bad request"), retry=False
)
CUT = GatewayError(ErrorKind.UPSTREAM_BROKEN, "cut")


def script(answers: dict[int, list[Piece | Exception]]) -> Send:
    async def send(target: Target, lease: Lease) -> AsyncGenerator[Piece, None]:
        for answer in answers[lease.access.id]:
            if isinstance(answer, Exception):
                raise answer
            yield answer

    return send


def run(
    pool: FakePool, send: Send, route: Route = ROUTE, attempts: int = 3
) -> tuple[Call, AsyncGenerator[Piece, None]]:
    call = Call(id="r", at=NOW, address="")
    patience = Patience(attempts, 60.0)
    return call, dispatch(call, route, pool, send, patience=patience)


async def heard(pieces: AsyncGenerator[Piece, None]) -> list[bytes | None]:
    return [piece.raw async for piece in pieces]


def says(*texts: bytes) -> list[Piece | Exception]:
    return [Piece([], text) for text in texts]


async def test_it_answers_from_the_first_credential() -> None:
    pool = FakePool(2)
    _, pieces = run(pool, script({1: says(b"a", b"b")}))
    assert await heard(pieces) == [b"a", b"b"]
    assert pool.outcomes == [(1, Succeeded())]


async def test_it_asks_another_when_the_first_is_limited() -> None:
    pool = FakePool(2)
    call, pieces = run(pool, script({1: [SLOW_DOWN], 2: says(b"a")}))
    assert await heard(pieces) == [b"a"]
    assert pool.outcomes == [(1, RateLimited("m")), (2, Succeeded())]
    assert [each.result for each in call.attempts] == ["RateLimited", "Succeeded"]


async def test_it_rests_between_two_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("proxy.dispatch.sleep", sleep)
    pool, call = FakePool(3), Call(id="r", at=NOW, address="")
    send = script({1: [SLOW_DOWN], 2: [SLOW_DOWN], 3: says(b"a")})
    assert await heard(dispatch(call, ROUTE, pool, send, patience=Patience(3, 60.0, 1.5))) == [b"a"]
    assert slept == [1.5, 1.5]


async def test_it_never_starts_again_after_the_first_piece() -> None:
    pool = FakePool(2)
    _, pieces = run(pool, script({1: [*says(b"a"), CUT], 2: says(b"again")}))
    out = []
    with pytest.raises(GatewayError, match="cut"):
        async for piece in pieces:
            out.append(piece.raw)
    assert out == [b"a"]
    assert pool.outcomes == [(1, Stumbled())]


async def test_the_callers_own_mistake_is_not_asked_again() -> None:
    pool = FakePool(2)
    _, pieces = run(pool, script({1: [MISTAKE], 2: says(b"a")}))
    with pytest.raises(GatewayError, match="bad request"):
        await heard(pieces)
    assert pool.outcomes == [(1, NotItsFault())]


async def test_it_does_not_blame_a_credential_when_the_client_leaves() -> None:
    pool = FakePool()
    _, pieces = run(pool, script({1: says(b"a", b"b")}))
    async with aclosing(pieces):
        async for _ in pieces:
            break
    assert pool.outcomes == [(1, NotItsFault())]


async def test_it_gives_the_last_refusal_when_everybody_was_asked() -> None:
    pool = FakePool(2)
    _, pieces = run(pool, script({1: [SLOW_DOWN], 2: [SLOW_DOWN]}))
    with pytest.raises(GatewayError) as caught:
        await heard(pieces)
    assert (caught.value.status, caught.value.retry_after) == (429, 9)


async def test_it_stops_after_so_many_attempts() -> None:
    pool = FakePool(9)
    _, pieces = run(pool, script({each: [SLOW_DOWN] for each in range(1, 10)}), attempts=4)
    with pytest.raises(GatewayError):
        await heard(pieces)
    assert [number for number, _ in pool.outcomes] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("pool", "kind", "status"),
    [
        (FakePool(0), ErrorKind.NO_CREDENTIAL, 503),
        (FakePool(0, retry_after=5), ErrorKind.NO_CREDENTIAL, 503),
    ],
)
async def test_an_empty_pool_says_what_the_operator_can_do(
    pool: FakePool, kind: ErrorKind, status: int
) -> None:
    _, pieces = run(pool, script({}))
    with pytest.raises(GatewayError) as caught:
        await heard(pieces)
    assert (caught.value.kind, caught.value.status) == (kind, status)
    assert "importcredentials" in caught.value.message


async def test_a_conversation_goes_on_where_it_was() -> None:
    other = Target("other", "n", cast(Upstream, object()))
    route = Route(ModelName.parse("m"), (TARGET, other))

    class Home(FakePool):
        def home(self, session: str) -> str:
            return "other" if session == "known" else ""

    for session, expected in (("known", other), ("new", TARGET), ("", TARGET)):
        call, pieces = run(Home(1), script({1: says(b"a")}), route)
        call.session = session
        assert await heard(pieces) == [b"a"]
        assert call.target is expected


async def test_the_next_target_is_asked_when_the_first_has_nobody() -> None:
    other = Target("other", "n", cast(Upstream, object()))
    route = Route(ModelName.parse("m"), (TARGET, other))
    asked: list[str] = []

    class TwoPools(FakePool):
        async def acquire(
            self, provider: str, model: str, exclude: object = (), session: str = ""
        ) -> Lease:
            asked.append(provider)
            only: Callable[..., object] = FakePool(0).acquire
            if provider == "gemini":
                await only(provider, model)  # type: ignore[misc]
            return await super().acquire(provider, model)

    call, pieces = run(TwoPools(1), script({1: says(b"a")}), route)
    assert await heard(pieces) == [b"a"]
    assert asked == ["gemini", "other"]
    assert call.target is other


OTHER = Target("gemini", "other", TARGET.upstream)
THIRD = Target("gemini", "third", TARGET.upstream)
WITH_DETOURS = ROUTE._replace(detours=(Detour("other", (OTHER,)), Detour("third", (THIRD,))))


class Spent(FakePool):
    """Nobody has quota for the models in `lacks` once `size` of them were tried."""

    def __init__(self, size: int = 0, **lacks: Lack) -> None:
        super().__init__(1)
        self.left = size
        self.lacks = lacks

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        lack = self.lacks.get(model)
        if lack is not None and len(exclude) >= self.left:
            raise Unavailable(1, 60.0, kind=lack)
        return await super().acquire(provider, model, exclude)


async def test_another_model_is_asked_when_nobody_has_quota() -> None:
    call, pieces = run(Spent(m=Lack.QUOTA), script({1: says(b"a")}), WITH_DETOURS)
    assert await heard(pieces) == [b"a"]
    assert (call.detour, call.target) == ("other", OTHER)
    assert [each.result for each in call.attempts] == ["Detour", "Succeeded"]
    assert "other is asked" in call.attempts[0].reason


async def test_the_credential_that_was_limited_may_serve_the_other_model() -> None:
    async def send(target: Target, lease: Lease) -> AsyncGenerator[Piece, None]:
        if target is TARGET:
            raise SLOW_DOWN
        yield Piece([], b"a")

    pool = Spent(1, m=Lack.QUOTA)
    _, pieces = run(pool, send, WITH_DETOURS)
    assert await heard(pieces) == [b"a"]
    assert pool.outcomes == [(1, RateLimited("m")), (1, Succeeded())]


async def test_models_are_asked_one_after_the_other() -> None:
    pool = Spent(m=Lack.QUOTA, other=Lack.EMPTY)
    call, pieces = run(pool, script({1: says(b"a")}), WITH_DETOURS)
    assert await heard(pieces) == [b"a"] and call.detour == "third"


@pytest.mark.parametrize("lack", [Lack.EMPTY, Lack.TRIED, Lack.TROUBLE])
async def test_no_other_model_is_asked_for_any_other_reason(lack: Lack) -> None:
    call, pieces = run(Spent(m=lack), script({1: says(b"a")}), WITH_DETOURS)
    with pytest.raises(GatewayError):
        await heard(pieces)
    assert call.detour == ""


async def test_what_the_other_model_refused_is_not_told() -> None:
    call, pieces = run(Spent(m=Lack.QUOTA), script({1: [MISTAKE]}), WITH_DETOURS)
    with pytest.raises(GatewayError, match="`m` is resting") as caught:
        await heard(pieces)
    assert (caught.value.status, caught.value.retry_after) == (429, 60)
    assert call.attempts[-1].reason == "bad request"


async def test_when_all_are_spent_it_waits_for_the_model_that_was_asked() -> None:
    pool = Spent(m=Lack.QUOTA, other=Lack.QUOTA, third=Lack.QUOTA)
    _, pieces = run(pool, script({}), WITH_DETOURS)
    with pytest.raises(GatewayError, match="`m` is resting"):
        await heard(pieces)


async def test_credentials_that_are_off_are_not_said_to_be_missing() -> None:
    _, pieces = run(Spent(m=Lack.OFF), script({}))
    with pytest.raises(GatewayError, match="switched off or held back") as caught:
        await heard(pieces)
    assert (caught.value.status, caught.value.reason) == (503, Reason.POOL_OFF)
