"""One connection to Redis on which scripts run, and whether it answers.

Whatever is asked while one round trip runs shares the next one, in the order in which it was
asked. So a place that is left can never overtake the request for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from keys.ending import end

log = logging.getLogger("potluck.redis")

Word: TypeAlias = str | int

# One batch must not keep Redis, or its own callers, for long.
_BATCH = 256
_PROBES = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts to reach a Redis that is away; the last one repeats."""


class Down(Exception):
    """Redis did not answer. What was asked may have happened all the same."""


class _Ask(NamedTuple):
    script: str
    keys: Sequence[str]
    args: Sequence[Word]
    answer: asyncio.Future[Any]


def connect(url: str, database: int | None = None) -> Redis:
    """A client; nothing is opened yet. `database` counts when the URL names none.

    Nothing is tried twice: a script that was sent may have run.
    """
    options: dict[str, Any] = {} if database is None else {"db": database}
    return Redis.from_url(
        url, decode_responses=True, retry=Retry(NoBackoff(), 0), protocol=2, **options
    )


class Wire:
    """Runs `scripts` (name → Lua). `healthy` is False from a failure until Redis takes a write
    again, which is found out in the background. `patience` is seconds per round trip."""

    def __init__(
        self,
        client: Redis,
        scripts: Mapping[str, str],
        *,
        prefix: str,
        patience: float = 0.5,
        probes: Sequence[float] = _PROBES,
    ) -> None:
        self.healthy = False
        self.revived: Callable[[], None] = lambda: None
        """Called each time Redis has come back."""
        self._client = client
        self._scripts = scripts
        self._probe = f"{prefix}probe"
        self._patience = patience
        self._probes = probes
        self._shas: dict[str, str] = {}
        self._asked: list[_Ask] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Tries to reach Redis once and goes on in the background. Never fails."""
        if self._task is None:
            await self._revive()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        task, self._task = self._task, None
        self.healthy = False
        if task is not None:
            await end([task])
        self._fail()
        await self._hang_up()
        await self._client.aclose()

    def submit(self, script: str, keys: Sequence[str], args: Sequence[Word]) -> asyncio.Future[Any]:
        """The answer to come, or Down. Await it: cancelling it before it is sent unsays it."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.healthy:
            self._asked.append(_Ask(script, keys, args, answer))
            self._wake.set()
        else:
            answer.set_exception(Down())
        return answer

    async def _run(self) -> None:
        misses = 0
        while True:
            if not self.healthy:
                await asyncio.sleep(self._probes[min(misses, len(self._probes) - 1)])
                misses = 0 if await self._revive() else misses + 1
                continue
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                batch, self._asked = self._asked[:_BATCH], self._asked[_BATCH:]
                await self._deliver([each for each in batch if not each.answer.done()])

    async def _deliver(self, batch: Sequence[_Ask]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                answers = await self._send(batch)
                if any(isinstance(answer, NoScriptError) for answer in answers):
                    # It was restarted, or somebody flushed its scripts. Nothing of these ran.
                    await self._load()
                    answers = await self._again(batch, answers)
        except (RedisError, OSError, TimeoutError) as error:
            await self._fall(error)
            self._fail(batch)
            return
        except BaseException:
            self._fail(batch)
            raise
        await self._answer(batch, answers)

    async def _answer(self, batch: Sequence[_Ask], answers: Sequence[Any]) -> None:
        for ask, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                await self._fall(answer)
                self._fail([ask])
            elif not ask.answer.done():
                ask.answer.set_result(answer)

    async def _send(self, batch: Sequence[_Ask]) -> list[Any]:
        if not batch:
            return []
        pipe = self._client.pipeline(transaction=False)
        for ask in batch:
            pipe.execute_command(
                "EVALSHA", self._shas[ask.script], len(ask.keys), *ask.keys, *ask.args
            )
        return list(await pipe.execute(raise_on_error=False))

    async def _again(self, batch: Sequence[_Ask], answers: list[Any]) -> list[Any]:
        missed = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        found = await self._send([batch[at] for at in missed])
        for at, answer in zip(missed, found, strict=True):
            answers[at] = answer
        return answers

    async def _load(self) -> None:
        for name, lua in self._scripts.items():
            self._shas[name] = await self._client.script_load(lua)

    async def _revive(self) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await self._load()
                # A full or read-only Redis answers, but counts nothing.
                await self._client.set(self._probe, 1, px=1000)
        except (RedisError, OSError, TimeoutError) as error:
            if self._task is None:
                self._complain(error)
            await self._hang_up()
            return False
        self.healthy = True
        log.info("Redis answers; limits hold across processes and hosts")
        self.revived()
        return True

    async def _fall(self, error: Exception) -> None:
        if self.healthy:
            self.healthy = False
            self._complain(error)
        self._fail()
        await self._hang_up()

    async def _hang_up(self) -> None:
        # A connection whose answer never came would give it to the next question.
        await self._client.connection_pool.disconnect(inuse_connections=True)

    def _fail(self, batch: Sequence[_Ask] = ()) -> None:
        asked, self._asked = [*batch, *self._asked], []
        for ask in asked:
            if not ask.answer.done():
                ask.answer.set_exception(Down())

    def _complain(self, error: Exception) -> None:
        # Only the kind: the text may name the host, the user or what was asked.
        log.warning(
            "Redis does not answer (%s); each process keeps its own limits until it does",
            type(error).__name__,
        )
