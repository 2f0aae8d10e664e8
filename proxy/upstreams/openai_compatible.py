"""OpenAI, and any service that speaks as it does: a base URL such as `https://host/v1`, and a
bearer key. One instance speaks one of OpenAI's dialects."""

from __future__ import annotations

from datetime import datetime

import msgspec

from credentials.pool import Access
from credentials.quota_errors import Family
from proxy.dialects.openai_images import form
from proxy.errors import invalid
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Outgoing, Refusal, Task, plain
from proxy.upstreams.refusals import failure

_PATHS = {
    Dialect.OPENAI_CHAT: "/chat/completions",
    Dialect.OPENAI_RESPONSES: "/responses",
    Dialect.OPENAI_COMPLETIONS: "/completions",
    Dialect.OPENAI_IMAGES: "/images/generations",
}
_EDITS = "/images/edits"


class _Listed(msgspec.Struct):
    id: str = ""


class _List(msgspec.Struct):
    data: list[_Listed] = []


class OpenAICompatible:
    def __init__(
        self, base_url: str, user_agent: str, dialect: Dialect = Dialect.OPENAI_CHAT
    ) -> None:
        self.dialect = dialect
        self._base = base_url.rstrip("/")
        self._headers = plain(user_agent)

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        if self.dialect is Dialect.OPENAI_IMAGES and form.edits(task.verb, task.body):
            return self._edit(task, access)
        match task.action:
            case Action.GENERATE:
                path = _PATHS[self.dialect]
            case Action.EMBED:
                path = "/embeddings"
            case _:
                raise invalid(f"The provider of `{task.model}` has no {task.action} endpoint.")
        return Outgoing(self._root(access) + path, self._signed(access), task.body)

    def _edit(self, task: Task, access: Access) -> Outgoing:
        body, content_type = form.write(task.body)
        headers = {**self._signed(access), "content-type": content_type}
        return Outgoing(self._root(access) + _EDITS, headers, body)

    def listing(self, access: Access) -> Outgoing:
        return Outgoing(self._root(access) + "/models", self._signed(access), None, method="GET")

    def names(self, body: bytes) -> list[str]:
        # Some services answer with the bare list.
        if body.lstrip()[:1] == b"[":
            return [model.id for model in msgspec.json.decode(body, type=list[_Listed]) if model.id]
        return [model.id for model in msgspec.json.decode(body, type=_List).data if model.id]

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed:
        return failure(Family.OPENAI, self.dialect, refusal, model, now)

    def _root(self, access: Access) -> str:
        return access.base_url.rstrip("/") if access.base_url else self._base

    def _signed(self, access: Access) -> dict[str, str]:
        return {**self._headers, "authorization": f"Bearer {access.secret}"}
