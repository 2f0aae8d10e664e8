"""Accounts made ready for the pool: an access token, and where it is needed a project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from credentials.bearer import Account, Bearer, Unready
from credentials.health import Refused
from credentials.kinds import Kind
from credentials.projects import Projects
from credentials.tokens import Tokens
from credentials.web import Web


class Accounts:
    """Owns `web`, which the other two share."""

    def __init__(
        self, tokens: Tokens, projects: Projects, web: Web, clock: Callable[[], datetime]
    ) -> None:
        self._tokens = tokens
        self._projects = projects
        self._web = web
        self._clock = clock
        self._ready: dict[int, Bearer] = {}

    def __repr__(self) -> str:
        return f"<Accounts, {len(self._ready)} ready>"

    def cached(self, account: Account) -> Bearer | None:
        bearer = self._ready.get(account.id)
        return bearer if bearer is not None and bearer.renew_at > self._clock() else None

    async def ready(self, account: Account) -> Bearer:
        """Raises Unready."""
        token = await self._tokens.fresh(account)
        project = ""
        if account.kind is Kind.CODE_ASSIST:
            project = await self._locate(account, token.text)
        bearer = Bearer(token.text, token.renew_at, project)
        self._ready[account.id] = bearer
        return bearer

    def discard(self, id: int, secret: str) -> None:
        self._tokens.discard(id, secret)
        bearer = self._ready.get(id)
        if bearer is not None and bearer.secret == secret:
            del self._ready[id]

    def forget(self, id: int) -> None:
        self._ready.pop(id, None)
        self._tokens.forget(id)
        self._projects.forget(id)

    async def close(self) -> None:
        """Before the pool: a refresh under way is stored first."""
        await self._tokens.close()
        await self._projects.close()
        await self._web.close()

    async def _locate(self, account: Account, token: str) -> str:
        try:
            return await self._projects.find(account, token)
        except Unready as error:
            outcome = error.failure.outcome
            if isinstance(outcome, Refused) and outcome.code == 401:
                self._tokens.discard(account.id, token)
            raise
