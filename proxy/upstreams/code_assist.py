"""Gemini Code Assist: a Google account's access token, and the account's own project.

Google's terms forbid using it through other software than Google's own clients: accounts may be
suspended for it. Off until an operator adds such an account.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from credentials.health import Refused
from credentials.pool import Access
from credentials.quota_errors import Family
from proxy.errors import ErrorKind, GatewayError, invalid
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Outgoing, Refusal, Task, plain
from proxy.upstreams.refusals import failure

_CREDITS = ("enabled_credit_types", "enabledCreditTypes")


class _Bucket(msgspec.Struct):
    modelId: str = ""


class _Quota(msgspec.Struct):
    buckets: list[_Bucket] = []


class CodeAssist:
    """`base_url` is the host without a version, such as Google's own. `access.secret` is an access
    token that is still good, `access.extra["project"]` the account's project."""

    dialect = Dialect.CODE_ASSIST

    def __init__(self, base_url: str, user_agent: str) -> None:
        self._base = base_url.rstrip("/")
        self._headers = plain(user_agent)

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        """Raises AttemptFailed for an account without a project."""
        method = _method(task)
        query = task.forward or ("alt=sse" if task.stream and not task.array else "")
        url = self._url(access, method) + (f"?{query}" if query else "")
        body = task.body
        if task.action is Action.GENERATE:
            project = _project(access)
            if not project:
                raise AttemptFailed(Refused("no project", 403), _homeless(), retry=True)
            body = _addressed(task, project)
        return Outgoing(url, self._signed(access), body)

    def listing(self, access: Access) -> Outgoing:
        """There is no list of models; the account's quota names those that it has."""
        project = _project(access)
        if not project:
            raise _homeless()
        body = msgspec.json.encode({"project": project})
        return Outgoing(self._url(access, "retrieveUserQuota"), self._signed(access), body)

    def names(self, body: bytes) -> list[str]:
        buckets = msgspec.json.decode(body, type=_Quota).buckets
        return list(dict.fromkeys(bucket.modelId for bucket in buckets if bucket.modelId))

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed:
        # Errors have no envelope: clients of either dialect read the upstream's very words.
        return failure(Family.GEMINI, Dialect.GEMINI, refusal, model, now)

    def _url(self, access: Access, method: str) -> str:
        base = access.base_url.rstrip("/") if access.base_url else self._base
        return f"{base}/v1internal:{method}"

    def _signed(self, access: Access) -> dict[str, str]:
        return {**self._headers, "authorization": f"Bearer {access.secret}"}


def _method(task: Task) -> str:
    match task.action:
        case Action.GENERATE:
            return "streamGenerateContent" if task.stream else "generateContent"
        case Action.COUNT:
            return "countTokens"
        case _:
            raise invalid(
                f"Code Assist, which has `{task.model}`, has no {task.action} endpoint.", "model"
            )


def _project(access: Access) -> str:
    return str(access.extra.get("project") or "")


def _homeless() -> GatewayError:
    return GatewayError(
        ErrorKind.NO_CREDENTIAL,
        "A Code Assist account here has no project. Its operator can name one, or import the "
        "account again, which looks for it.",
    )


def _addressed(task: Task, project: str) -> bytes:
    """The body with the account's project and the model's own name; the rest byte for byte.

    Raises INVALID_REQUEST for a call that would spend what the account's owner has paid for.
    """
    fields = msgspec.json.decode(task.body, type=dict[str, msgspec.Raw])
    for name in _CREDITS:
        if name in fields and bytes(fields[name]) not in (b"null", b"[]"):
            raise invalid(f"{name}: paid credits of an account are not spent here", name)
    encode = msgspec.json.encode
    fields["model"] = msgspec.Raw(encode(task.model))
    fields["project"] = msgspec.Raw(encode(project))
    return encode(fields)
