"""Answers that are kept for their owner: to go on from, to read again, to delete.

Keys never see each other's: the key is part of every look-up. What a client was answered is at hand
in this process at once; the database has it a moment later, for all processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any, NamedTuple, Protocol, TypeVar

from proxy.call import Call
from proxy.dialects.base import JSON, Loss
from proxy.operation import Operation, Question, Record, Storage

log = logging.getLogger("potluck.stored")

T = TypeVar("T")

LONGEST = 4 * 2**20
"""Bytes of one record; a longer conversation is not kept."""
_MEMORY = 32 * 2**20
_PENDING = 64 * 2**20
# How long this process believes itself: others may delete an answer meanwhile.
_TRUSTED = 60.0
# Another process may be writing the answer right now.
_AGAIN = (0.05, 0.25)


class Shelf(Protocol):
    """Where records are for good (`keys/answers.py`). Its methods run on a reader's thread."""

    def read(self, key_id: int, id: str, now: datetime) -> bytes | None: ...

    def write(self, key_id: int, id: str, record: bytes, now: datetime) -> None: ...

    def delete(self, key_id: int, id: str, now: datetime) -> bool: ...

    def prune(self, now: datetime) -> int: ...


class _Kept(NamedTuple):
    record: bytes
    until: float


class Answers:
    """The kept answers as the proxy sees them. Lives on the loop."""

    def __init__(
        self,
        shelf: Shelf,
        reader: Executor,
        clock: Callable[[], datetime],
        *,
        memory: int = _MEMORY,
        pending: int = _PENDING,
        again: Sequence[float] = _AGAIN,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._shelf = shelf
        self._reader = reader
        self._clock = clock
        self._room = memory
        self._backlog = pending
        self._again = again
        self._ticks = ticks
        self._memory: OrderedDict[tuple[int, str], _Kept] = OrderedDict()
        self._size = 0
        self._writing = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def find(self, key_id: int, id: str) -> bytes | None:
        """The record, if this key has one of this id that has not expired."""
        kept = self._memory.get((key_id, id))
        if kept is not None and self._ticks() < kept.until:
            self._memory.move_to_end((key_id, id))
            return kept.record
        found = await self._run(self._shelf.read, key_id, id, self._clock())
        for pause in self._again if found is None else ():
            await asyncio.sleep(pause)
            found = await self._run(self._shelf.read, key_id, id, self._clock())
            if found is not None:
                break
        return found

    def keep(self, key_id: int, record: Record) -> None:
        """Never waits: what does not fit is not kept, and what cannot be written is gone with this
        process."""
        size = len(record.body)
        if size > LONGEST:
            return
        self._remember((key_id, record.id), record.body)
        if self._writing + size > self._backlog:
            log.warning("the database is behind: an answer is kept in memory only")
            return
        self._writing += size
        task = asyncio.get_running_loop().create_task(self._write(key_id, record))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def remove(self, key_id: int, id: str) -> bool:
        """Whether there was one."""
        here = self._forget((key_id, id))
        # What is still on its way to the database would come after its own deletion.
        await self._settled()
        gone = await self._run(self._shelf.delete, key_id, id, self._clock())
        return here or gone

    async def prune(self) -> None:
        """Forgets what has expired."""
        await self._run(self._shelf.prune, self._clock())

    async def close(self) -> None:
        """Returns when everything that was kept is written, or cannot be."""
        await self._settled()

    async def _settled(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _write(self, key_id: int, record: Record) -> None:
        try:
            await self._run(self._shelf.write, key_id, record.id, record.body, self._clock())
        except Exception:
            log.exception("an answer could not be stored; it is kept in memory only")
        finally:
            self._writing -= len(record.body)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, partial(work, *arguments))

    def _remember(self, name: tuple[int, str], record: bytes) -> None:
        self._forget(name)
        self._memory[name] = _Kept(record, self._ticks() + _TRUSTED)
        self._size += len(record)
        while self._size > self._room:
            self._forget(next(iter(self._memory)))

    def _forget(self, name: tuple[int, str]) -> bool:
        kept = self._memory.pop(name, None)
        if kept is not None:
            self._size -= len(kept.record)
        return kept is not None


class Tap:
    """Hears what a client is answered, and keeps it just before the client has its last byte."""

    def __init__(self, answers: Answers, storage: Storage, key_id: int, body: bytes) -> None:
        self.previous = ""
        self._answers = answers
        self._storage = storage
        self._key_id = key_id
        self._body = body
        self._held: list[bytes] = []
        self._size = 0
        self._ending = False

    def hear(self, data: bytes) -> None:
        """More of a stream. Only its end holds the whole answer, so events before it are let go."""
        self._hold(data)
        if self._ending or not data.endswith((b"\n\n", b"\r\n\r\n")):
            return
        self._ending = self._storage.ends(b"".join(self._held))
        if not self._ending:
            self._held.clear()
            self._size = 0

    def end(self, data: bytes) -> None:
        self._hold(data)
        if self._size <= 2 * LONGEST:
            record = self._storage.record(self._body, b"".join(self._held), self.previous)
            if record is not None:
                self._answers.keep(self._key_id, record)

    def _hold(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= 2 * LONGEST:
            self._held.append(data)


async def ready(
    answers: Answers | None, call: Call, question: Question
) -> tuple[Question, Tap | None]:
    """The question with the conversation that it continues, and what keeps its answer, if anything
    does. Raises GatewayError."""
    storage, grant = question.speaker.storage, call.grant
    if storage is None or grant is None:
        return question, None
    wish, body = storage.wish(question.body), question.body
    if wish.continues:
        if answers is None:
            raise storage.nowhere()
        record = await answers.find(grant.key_id, wish.continues)
        if record is None:
            raise storage.missing(wish.continues, True)
        body = storage.joined(body, record)
    if answers is None or not wish.keep:
        if wish.told:
            call.losses = [*call.losses, Loss("store")]
        return question._replace(body=storage.sent(body)), None
    tap = Tap(answers, storage, grant.key_id, body)
    tap.previous = wish.continues
    return question._replace(body=body), tap


async def about(
    answers: Answers | None,
    call: Call,
    storage: Storage,
    operation: Operation,
    query: dict[str, str],
) -> JSON:
    """What is asked about a kept answer. Raises GatewayError, the same for another key's answer as
    for one that never was."""
    assert call.grant is not None  # noqa: S101 - admitted by the desk
    key_id, id = call.grant.key_id, operation.id
    if answers is None:
        raise storage.missing(id, False)
    if operation.method == "DELETE":
        if not await answers.remove(key_id, id):
            raise storage.missing(id, False)
        return storage.show(operation, b"", query)
    record = await answers.find(key_id, id)
    if record is None:
        raise storage.missing(id, False)
    return storage.show(operation, record, query)
