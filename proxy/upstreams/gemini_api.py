"""Google's Gemini API (AI Studio keys)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec

from credentials.pool import Access
from credentials.quota_errors import Family
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Outgoing, Refusal, Task, plain, signed
from proxy.upstreams.refusals import failure


class _Listed(msgspec.Struct):
    name: str = ""


class _List(msgspec.Struct):
    models: list[_Listed] = []


class GeminiApi:
    """`base_url` is the host without a version, such as Google's own; keys go in a header only,
    because a `?key=` ends up in logs."""

    dialect = Dialect.GEMINI

    def __init__(self, base_url: str, user_agent: str) -> None:
        self._base = base_url.rstrip("/")
        self._headers = plain(user_agent)

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        query = task.forward or ("alt=sse" if task.stream and not task.array else "")
        url = f"{self._root(access)}/models/{_quoted(task.model)}:{_method(task)}"
        return Outgoing(f"{url}?{query}" if query else url, self._signed(access), task.body)

    def listing(self, access: Access) -> Outgoing:
        url = f"{self._root(access)}/models?pageSize=1000"
        return Outgoing(url, self._signed(access), None, method="GET")

    def names(self, body: bytes) -> list[str]:
        models = msgspec.json.decode(body, type=_List).models
        return [model.name.removeprefix("models/") for model in models if model.name]

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed:
        return failure(Family.GEMINI, self.dialect, refusal, model, now)

    def _root(self, access: Access) -> str:
        return (access.base_url.rstrip("/") if access.base_url else self._base) + "/v1beta"

    def _signed(self, access: Access) -> dict[str, str]:
        return {**self._headers, **signed("x-goog-api-key", access)}


@lru_cache(maxsize=1_024)
def _quoted(model: str) -> str:
    return quote(model, safe="/@")


def _method(task: Task) -> str:
    match task.action:
        case Action.COUNT:
            return "countTokens"
        case Action.EMBED:
            return "batchEmbedContents" if task.batch else "embedContent"
        case _:
            return "streamGenerateContent" if task.stream else "generateContent"
