"""A signature that a client dropped comes back, to the same key only, for a while."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from proxy.ir import (
    Close,
    Dialect,
    Event,
    Open,
    Piece,
    Request,
    Role,
    Signature,
    Text,
    ToolCall,
    ToolResult,
    Turn,
)
from proxy.stages.recall import Memory, remembering, restored

PROOF = Signature(Dialect.GEMINI, "c2lnbmF0dXJl")


def asked(*calls: ToolCall) -> Request:
    results = tuple(ToolResult(call.id, (Text("ok"),)) for call in calls)
    return Request(
        model="m",
        turns=(
            Turn(Role.USER, (Text("go"),)),
            Turn(Role.MODEL, calls),
            Turn(Role.USER, results),
        ),
    )


def proofs(request: Request) -> list[Signature | None]:
    return [part.signature for part in request.turns[1].parts if isinstance(part, ToolCall)]


async def run(memory: Memory, request: Request, *events: Event, key: int = 1) -> list[Request]:
    seen: list[Request] = []

    async def exchange(request: Request) -> AsyncGenerator[Piece, None]:
        seen.append(request)
        yield Piece(list(events))

    pieces = [piece async for piece in remembering(memory, key)(exchange)(request)]
    assert [event for piece in pieces for event in piece.events] == list(events)
    return seen


async def test_what_the_client_dropped_comes_back() -> None:
    memory = Memory()
    call = ToolCall("call_1", "read", "{}")
    await run(memory, asked(), Open(0, call), Close(0, PROOF))
    (seen,) = await run(memory, asked(call, ToolCall("call_2", "read")))
    assert proofs(seen) == [PROOF, None]


async def test_a_signature_may_come_with_the_call_itself() -> None:
    memory = Memory()
    await run(memory, asked(), Open(0, ToolCall("call_1", "read", signature=PROOF)))
    assert proofs(restored(asked(ToolCall("call_1", "read")), memory, 1)) == [PROOF]


async def test_another_key_gets_nothing() -> None:
    memory = Memory()
    await run(memory, asked(), Open(0, ToolCall("call_1", "read", signature=PROOF)), key=1)
    (seen,) = await run(memory, asked(ToolCall("call_1", "read")), key=2)
    assert proofs(seen) == [None]


def test_what_came_back_is_not_replaced() -> None:
    memory = Memory()
    memory.note((1, "a"), PROOF)
    memory.note((1, "b"), PROOF)
    own = Signature(Dialect.GEMINI, "b3du")
    request = asked(ToolCall("a", "read", signature=own), ToolCall("b", "read"))
    assert restored(request, memory, 1) is request


def test_a_request_without_calls_is_the_same_object() -> None:
    memory = Memory()
    memory.note((1, "a"), PROOF)
    request = asked()
    assert restored(request, memory, 1) is request


def test_it_forgets_after_its_time() -> None:
    now = [0.0]
    memory = Memory(keep=10, clock=lambda: now[0])
    memory.note((1, "a"), PROOF)
    now[0] = 9.9
    assert memory.find((1, "a")) == PROOF
    now[0] = 10.0
    assert memory.find((1, "a")) is None
    memory.note((1, "b"), PROOF)
    assert len(memory) == 1


def test_it_holds_a_bounded_number_of_bytes() -> None:
    memory = Memory(most=10_000)
    for number in range(1_000):
        memory.note((1, f"call_{number}"), Signature(Dialect.GEMINI, "x" * 100))
    assert len(memory) < 20
    assert memory.find((1, "call_999")) and not memory.find((1, "call_0"))


def test_a_signature_larger_than_everything_is_not_kept() -> None:
    memory = Memory(most=1_000)
    memory.note((1, "a"), Signature(Dialect.GEMINI, "x" * 2_000))
    assert len(memory) == 0
