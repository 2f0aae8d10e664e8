"""Access tokens, kept fresh: one refresh per credential at a time, in this process and in all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from credentials import documents, grants
from credentials.bearer import Account, Failure, Unready
from credentials.documents import OAuthAccount, ServiceAccount
from credentials.flights import Flights
from credentials.grants import Denied, Granted
from credentials.health import NotItsFault, RateLimited
from credentials.issuers import Client, Issuers
from credentials.safe import CLAIM, Deposit, SafeError
from credentials.web import Unreachable, Web

log = logging.getLogger(__name__)

MARGIN = timedelta(minutes=5)
"""A token with less than this left is renewed, so that none expires on its way."""
_LAST = timedelta(minutes=1)
"""With this much left it still serves while its token host is in trouble."""


class Token(msgspec.Struct, frozen=True):
    """To be renewed at `renew_at`, dead at `expires_at`."""

    text: str
    renew_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"<Token until {self.expires_at:%H:%M:%S}>"


class Tokens:
    """`issuers` is asked each time, so that settings change without a restart.

    A refreshed document is stored before its token is used: the host may have rotated the refresh
    token, and then the old one is worth nothing. `poll` is seconds between two looks at a refresh
    that another process does, `pauses` seconds between attempts to store.
    """

    def __init__(
        self,
        issuers: Callable[[], Issuers],
        safe: Deposit,
        web: Web,
        clock: Callable[[], datetime],
        *,
        poll: float = 0.25,
        pauses: tuple[float, ...] = (0.5, 2.0),
    ) -> None:
        self._issuers = issuers
        self._safe = safe
        self._web = web
        self._clock = clock
        self._poll = poll
        self._pauses = pauses
        self._flights: Flights[Token | Failure] = Flights()
        self._kept: dict[int, Token] = {}
        self._refused: dict[int, str] = {}
        self._troubles: dict[int, Failure] = {}
        self._unsaved: dict[int, OAuthAccount] = {}
        self._closing = False

    def __repr__(self) -> str:
        return f"<Tokens of {len(self._kept)} accounts>"

    def cached(self, account: Account) -> Token | None:
        """From memory."""
        token = self._kept.get(account.id)
        return token if token is not None and token.renew_at > self._clock() else None

    async def fresh(self, account: Account) -> Token:
        """A token with five minutes left. Raises Unready."""
        token = self.cached(account) or self._given(account.id, account.document)
        if token is not None:
            return token
        trouble = self._troubles.get(account.id)
        if trouble is not None and self._clock() < trouble.at + grants.PAUSE:
            raise Unready(trouble)
        found = await self._flights.join(account.id, lambda: self._renew(account))
        if isinstance(found, Failure):
            raise Unready(found)
        return found

    def discard(self, id: int, text: str) -> None:
        """The upstream refused this token before its time: the next one is a new one."""
        self._refused[id] = text
        token = self._kept.get(id)
        if token is not None and token.text == text:
            del self._kept[id]

    def forget(self, id: int) -> None:
        """The credential is gone."""
        for memory in (self._kept, self._refused, self._troubles, self._unsaved):
            memory.pop(id, None)

    async def close(self) -> None:
        """Refreshes under way are finished and stored."""
        self._closing = True
        await self._flights.close()

    async def _renew(self, account: Account) -> Token | Failure:
        began = self._clock()
        try:
            token = await self._obtain(account)
        except Unready as error:
            failure = error.failure
        except Denied as error:
            failure = Failure(error.outcome, error.reason, began)
        except (SafeError, ValueError) as error:
            outcome = RateLimited(None, retry_after=grants.PAUSE, reason=str(error))
            failure = Failure(outcome, str(error), began)
        else:
            self._kept[account.id] = token
            self._troubles.pop(account.id, None)
            return token
        log.warning("Credential %s got no access token. %s", account.id, failure.reason)
        if not isinstance(failure.outcome, RateLimited):
            return failure
        self._troubles[account.id] = replace(failure, at=self._clock())
        return self._last(account) or self._troubles[account.id]

    def _last(self, account: Account) -> Token | None:
        """The old token, for as long as it lives, when only its host is in trouble."""
        now = self._clock()
        token = self._kept.get(account.id) or _held(account.document)
        if token is None or token.expires_at - now < _LAST or self._bad(account.id, token):
            return None
        token = replace(token, renew_at=now + grants.PAUSE)
        self._kept[account.id] = token
        return token

    async def _obtain(self, account: Account) -> Token:
        """Raises Denied, SafeError, ValueError, Unready."""
        match account.document:
            case ServiceAccount() as robot:
                form = await asyncio.to_thread(grants.assertion, robot, self._clock())
                url = self._issuers().google.token_url
                granted = await self._ask(url, form, None, account.proxy)
                return self._token(granted.access_token, granted.expires_at)
            case OAuthAccount():
                return await self._exchange(account.id, account.proxy)

    async def _exchange(self, id: int, proxy: str) -> Token:
        if (unsaved := self._unsaved.get(id)) is not None:
            await self._save(id, unsaved, rotated=True)
        document = await self._claim(id)
        if isinstance(document, Token):
            return document
        try:
            granted = await self._refresh(document, proxy)
        except (Denied, ValueError):
            await self._release(id)
            raise
        renewed = documents.renewed(
            document, granted.access_token, granted.expires_at, granted.refresh_token
        )
        await self._save(id, renewed, rotated=renewed.refresh_token != document.refresh_token)
        return self._token(granted.access_token, granted.expires_at)

    async def _claim(self, id: int) -> OAuthAccount | Token:
        """The document to refresh, and nobody else does; or the token that another process got."""
        for _ in range(int(2 * CLAIM.total_seconds() / max(self._poll, 0.05))):
            held = await self._safe.claim(id, self._clock())
            if held is None:
                raise Unready(self._gone())
            assert isinstance(held.document, OAuthAccount)  # noqa: S101 - its kind never changes
            token = self._given(id, held.document)
            if token is not None and held.ours:
                await self._release(id)
            if token is not None or held.ours:
                return token or held.document
            if self._closing:
                break
            await asyncio.sleep(self._poll)
        raise SafeError("Another process is refreshing the account and does not come to an end.")

    async def _release(self, id: int) -> None:
        try:
            await self._safe.release(id)
        except SafeError:
            log.warning("The refresh of credential %s stays claimed for a minute.", id)

    async def _refresh(self, document: OAuthAccount, proxy: str) -> Granted:
        issuer = self._issuers().find(document)
        client = issuer.client(document)
        if not client.id:
            raise ValueError("The gateway has no OAuth client for this account: configure one.")
        form, headers = issuer.presented(client, grants.renewal(document.refresh_token, client))
        return await self._ask(issuer.token_url, form, client, proxy, headers)

    async def _ask(
        self,
        url: str,
        form: Mapping[str, str],
        client: Client | None,
        proxy: str,
        headers: Mapping[str, str] | None = None,
    ) -> Granted:
        try:
            answer = await self._web.send("POST", url, headers=headers, form=form, proxy=proxy)
        except Unreachable as error:
            raise grants.trouble(str(error)) from None
        return grants.read(answer.status, answer.body, self._clock(), client)

    async def _save(self, id: int, document: OAuthAccount, *, rotated: bool) -> None:
        """A rotated refresh token is kept in memory until it is stored: there is no other copy."""
        if rotated:
            self._unsaved[id] = document
        for pause in (*self._pauses, None):
            try:
                stored = await self._safe.keep(id, document)
            except SafeError:
                if pause is not None:
                    await asyncio.sleep(pause)
                elif rotated:
                    raise
                else:
                    log.warning("The access token of credential %s could not be stored.", id)
            else:
                self._unsaved.pop(id, None)
                if not stored:
                    raise Unready(self._gone())
                return

    def _given(self, id: int, document: documents.Document) -> Token | None:
        """The document's own token, if it is still good: another process may have stored it."""
        token = _held(document)
        if token is None or token.renew_at <= self._clock() or self._bad(id, token):
            return None
        self._kept[id] = token
        return token

    def _bad(self, id: int, token: Token) -> bool:
        return self._refused.get(id) == token.text

    def _token(self, text: str, expires_at: datetime) -> Token:
        # A token that lives ten minutes or less is renewed at half its time.
        lifetime = expires_at - self._clock()
        return Token(text, expires_at - min(MARGIN, lifetime / 2), expires_at)

    def _gone(self) -> Failure:
        return Failure(NotItsFault(), "The credential was removed.", self._clock())


def _held(document: documents.Document) -> Token | None:
    if isinstance(document, ServiceAccount) or document.expires_at is None:
        return None
    if not document.access_token:
        return None
    return Token(document.access_token, document.expires_at - MARGIN, document.expires_at)
