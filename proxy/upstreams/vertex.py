"""Gemini on Vertex AI: a service account in its project, or an API key in express mode.

Signatures are sealed per service: Vertex refuses a `thoughtSignature` of the Gemini API, and the
reverse (gemini-cli strips them when it changes between the two). A conversation that moves between
pools of both kinds is told so by the upstream; the gateway never alters a signature.

Methods and hosts: the REST reference of `publishers.models` and of express mode, and google-genai
(Apache-2.0).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

import msgspec

from credentials.health import Refused
from credentials.pool import Access
from credentials.quota_errors import Family
from proxy.errors import ErrorKind, GatewayError, invalid
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Outgoing, Refusal, Task, plain
from proxy.upstreams.refusals import failure

GLOBAL = "https://aiplatform.googleapis.com"
"""The host of location `global` and of express mode. A region has one of its own, except behind a
replaced base URL."""

_LOCATION = re.compile(r"[a-z][a-z0-9-]{1,39}")
_PROJECT = re.compile(r"[a-z0-9][a-z0-9.:-]{0,99}")
_MULTI_REGIONS = frozenset({"us", "eu"})

_COUNTED = frozenset(
    {"contents", "systemInstruction", "system_instruction", "tools", "generationConfig"}
    | {"generation_config"}
)
"""What Vertex's countTokens takes."""


class _Listed(msgspec.Struct):
    name: str = ""


class _List(msgspec.Struct):
    publisherModels: list[_Listed] = []


class Vertex:
    """`base_url` is the host of location `global`, without a version.

    A credential with `project` in its `extra` is an account whose `secret` is an access token;
    `location` is "global" unless it says otherwise. One without is an API key.
    """

    dialect = Dialect.GEMINI

    def __init__(self, base_url: str, user_agent: str) -> None:
        self._base = base_url.rstrip("/")
        self._headers = plain(user_agent)

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        """Raises AttemptFailed for a credential whose project or location cannot be one."""
        method = _method(task)
        body = _bare(task.body) if task.action is Action.COUNT else task.body
        query = task.forward or ("alt=sse" if task.stream and not task.array else "")
        try:
            root = f"{self._root(access)}/v1/{_place(access)}"
        except GatewayError as error:
            raise AttemptFailed(Refused("wrong place", 403), error, retry=True) from error
        url = f"{root}publishers/google/models/{_quoted(task.model)}:{method}"
        return Outgoing(f"{url}?{query}" if query else url, self._signed(access), body)

    def listing(self, access: Access) -> Outgoing:
        """`publishers.models.list` exists in v1beta1 only. Express mode does not document it: if
        that refuses, its models can be asked for and are not listed."""
        url = f"{self._root(access)}/v1beta1/publishers/google/models?pageSize=1000"
        return Outgoing(url, self._signed(access), None, method="GET")

    def names(self, body: bytes) -> list[str]:
        """Google's other models there (Imagen, Veo, …) do not speak this dialect."""
        listed = msgspec.json.decode(body, type=_List).publisherModels
        names = [model.name.rpartition("/")[2] for model in listed]
        return [name for name in names if name.startswith("gemini-") and "embedding" not in name]

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed:
        return failure(Family.GEMINI, self.dialect, refusal, model, now)

    def _root(self, access: Access) -> str:
        base = access.base_url.rstrip("/") if access.base_url else self._base
        if base != GLOBAL:
            return base
        location = _location(access)
        if location == "global":
            return base
        if location in _MULTI_REGIONS:
            return f"https://aiplatform.{location}.rep.googleapis.com"
        return f"https://{location}-aiplatform.googleapis.com"

    def _signed(self, access: Access) -> dict[str, str]:
        if access.extra.get("project"):
            return {**self._headers, "authorization": f"Bearer {access.secret}"}
        return {**self._headers, "x-goog-api-key": access.secret}


def _method(task: Task) -> str:
    match task.action:
        case Action.GENERATE:
            return "streamGenerateContent" if task.stream else "generateContent"
        case Action.COUNT:
            return "countTokens"
        case _:
            raise invalid(
                f"Vertex AI, which has `{task.model}`, embeds in another form (`:predict`), which "
                "this gateway does not speak. Ask a provider with a Gemini API key.",
                "model",
            )


def _place(access: Access) -> str:
    project = access.extra.get("project")
    if not project:
        return ""
    if not _PROJECT.fullmatch(str(project)):
        raise _amiss("project")
    return f"projects/{project}/locations/{_location(access)}/"


def _location(access: Access) -> str:
    """It becomes part of a host name that gets the token, so it is checked each time."""
    if not access.extra.get("project"):
        return "global"
    location = str(access.extra.get("location") or "global")
    if not _LOCATION.fullmatch(location):
        raise _amiss("location")
    return location


def _amiss(field: str) -> GatewayError:
    return GatewayError(
        ErrorKind.NO_CREDENTIAL,
        f"The {field} of a Vertex AI credential here cannot be one; its operator must mend it.",
    )


def _bare(body: bytes) -> bytes:
    """The Gemini API counts a whole request inside `generateContentRequest`; Vertex takes its
    fields as they are, and only those that count."""
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    inner = fields.get("generateContentRequest", fields.get("generate_content_request"))
    if inner is None:
        return body
    fields = msgspec.json.decode(bytes(inner), type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: fields[name] for name in fields if name in _COUNTED})


@lru_cache(maxsize=1_024)
def _quoted(model: str) -> str:
    return quote(model, safe="@")
