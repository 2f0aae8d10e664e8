"""The Google Cloud project of a Code Assist account, found out once and kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

from credentials import code_assist
from credentials.bearer import Account, Failure, Unready
from credentials.code_assist import Blocked, Loaded, Operation
from credentials.documents import OAuthAccount
from credentials.flights import Flights
from credentials.health import Outcome, RateLimited, Refused
from credentials.safe import Deposit, SafeError
from credentials.web import Answer, Unreachable, Web

log = logging.getLogger(__name__)

_PAUSE = timedelta(seconds=15)


class Projects:
    """`base` is CODE_ASSIST_ENDPOINT. `interval` is seconds between two looks at an onboarding,
    of which there are `looks`; a request waits `patience` seconds for all of it.
    """

    def __init__(
        self,
        base: str,
        safe: Deposit,
        web: Web,
        clock: Callable[[], datetime],
        *,
        interval: float = 5.0,
        looks: int = 24,
        patience: float = 20.0,
    ) -> None:
        self._root = f"{base.rstrip('/')}/v1internal"
        self._safe = safe
        self._web = web
        self._clock = clock
        self._interval = interval
        self._looks = looks
        self._patience = patience
        self._flights: Flights[str | Failure] = Flights()
        self._found: dict[int, str] = {}

    async def find(self, account: Account, token: str) -> str:
        """The project's id. Raises Unready, also when the account is still being set up."""
        known = account.extra.get("project") or self._found.get(account.id)
        if known:
            return str(known)
        try:
            async with asyncio.timeout(self._patience):
                found = await self._flights.join(account.id, lambda: self._settle(account, token))
        except TimeoutError:
            reason = "Code Assist is still setting the account up."
            outcome = RateLimited(None, retry_after=_PAUSE, reason=reason)
            raise Unready(Failure(outcome, reason, self._clock())) from None
        if isinstance(found, Failure):
            raise Unready(found)
        return found

    def forget(self, id: int) -> None:
        self._found.pop(id, None)

    async def close(self) -> None:
        """What is under way is given up: it can be asked again."""
        await self._flights.cancel()

    async def _settle(self, account: Account, token: str) -> str | Failure:
        began = self._clock()
        try:
            project = await self._discover(account, token)
        except Blocked as error:
            return self._failed(account, Refused(str(error), 403), str(error), began)
        except _Denied as error:
            return self._failed(account, Refused(str(error), error.status), str(error), began)
        except (Unreachable, ValueError) as error:
            reason = f"Code Assist could not be asked for the account's project: it {error}."
            outcome = RateLimited(None, retry_after=_PAUSE, reason=reason)
            return self._failed(account, outcome, reason, began)
        self._found[account.id] = project
        try:
            await self._safe.locate(account.id, project)
        except SafeError as error:
            log.warning("The project of credential %s is not stored. %s", account.id, error)
        return project

    async def _discover(self, account: Account, token: str) -> str:
        """Raises Blocked, _Denied, Unreachable, ValueError."""
        document = account.document
        named = document.project if isinstance(document, OAuthAccount) else ""
        typed = code_assist.typed(named)
        answer = await self._load(account, token, typed)
        if answer.cloudaicompanion_project:
            return answer.cloudaicompanion_project
        if answer.current_tier is None and answer.offer:
            project = await self._onboard(account, token, answer.offer, typed)
            if project:
                return project
        if typed and (answer.current_tier is not None or answer.offer):
            return typed
        raise code_assist.blocked(answer, named)

    async def _load(self, account: Account, token: str, typed: str) -> Loaded:
        answer = await self._ask(account, token, ":loadCodeAssist", code_assist.load(typed))
        loaded = code_assist.loaded(answer.status, answer.body)
        if loaded is None:
            _refuse(answer)
        return loaded

    async def _onboard(self, account: Account, token: str, tier: str, typed: str) -> str:
        body = code_assist.onboard(tier, typed)
        answer = await self._ask(account, token, ":onboardUser", body)
        for _ in range(self._looks):
            operation = _operation(answer)
            if operation.error is not None:
                raise Blocked("Code Assist could not set the account up.")
            if operation.done:
                return operation.project
            await asyncio.sleep(self._interval)
            answer = await self._ask(account, token, f"/{operation.path}", None)
        raise ValueError("does not come to an end with setting it up")

    async def _ask(self, account: Account, token: str, method: str, body: object) -> Answer:
        return await self._web.send(
            "GET" if body is None else "POST",
            f"{self._root}{method}",
            headers={"authorization": f"Bearer {token}"},
            json=body,
            proxy=account.proxy,
        )

    def _failed(self, account: Account, outcome: Outcome, reason: str, began: datetime) -> Failure:
        log.warning("Credential %s has no project. %s", account.id, reason)
        return Failure(outcome, reason, began)


class _Denied(Exception):
    """Code Assist does not accept the account, or its token."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


def _operation(answer: Answer) -> Operation:
    if answer.status != 200:
        _refuse(answer)
    return code_assist.operation(answer.body)


def _refuse(answer: Answer) -> NoReturn:
    """Raises what an error status means."""
    if answer.status in (401, 403):
        raise _Denied(code_assist.denied(answer.body), answer.status)
    raise ValueError(f"answered {answer.status}")
