"""Anthropic's own API, and services that speak it: a base URL and an `x-api-key`."""

from __future__ import annotations

from datetime import datetime

import msgspec

from credentials.pool import Access
from credentials.quota_errors import Family
from proxy.errors import invalid
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Outgoing, Refusal, Task, plain, signed
from proxy.upstreams.refusals import failure

VERSION = "2023-06-01"
"""The version that every recorded answer speaks; newer SDKs ask for a newer one in vain."""

_PATHS = {Action.GENERATE: "/messages", Action.COUNT: "/messages/count_tokens"}


class _Listed(msgspec.Struct):
    id: str = ""


class _List(msgspec.Struct):
    data: list[_Listed] = []


class AnthropicApi:
    """`base_url` is the host, as for Anthropic's SDKs; one that ends in `/v1` is understood."""

    dialect = Dialect.ANTHROPIC

    def __init__(self, base_url: str, user_agent: str) -> None:
        self._base = base_url
        self._headers = {**plain(user_agent), "anthropic-version": VERSION}

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        path = _PATHS.get(task.action)
        if path is None:
            raise invalid(f"Anthropic, which has `{task.model}`, has no {task.action} endpoint.")
        url = self._root(access) + path
        url = f"{url}?{task.forward}" if task.forward else url
        return Outgoing(url, {**task.headers, **self._signed(access)}, task.body)

    def listing(self, access: Access) -> Outgoing:
        url = self._root(access) + "/models?limit=1000"
        return Outgoing(url, self._signed(access), None, method="GET")

    def names(self, body: bytes) -> list[str]:
        return [model.id for model in msgspec.json.decode(body, type=_List).data if model.id]

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed:
        return failure(Family.ANTHROPIC, self.dialect, refusal, model, now)

    def _root(self, access: Access) -> str:
        host = (access.base_url or self._base).rstrip("/")
        return host.removesuffix("/v1") + "/v1"

    def _signed(self, access: Access) -> dict[str, str]:
        return {**self._headers, **signed("x-api-key", access)}
