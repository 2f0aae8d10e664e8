"""Channels of new-api and one-api in JSON, as their management API has them. Pure.

`type` is a number, `key` has a key per line (or is a JSON array of service accounts), `base_url`
goes without `/v1`, `models` is separated by commas, `model_mapping` is JSON from alias to name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from credentials.importers import accounts, values
from credentials.importers.entry import Entry, Model, Piece, Remark, remark
from credentials.kinds import Kind

ENABLED = 1
_CODEX = 57
_MARKS = frozenset({"base_url", "models", "group", "channel_info", "status", "model_mapping"})
_LEFT = ("param_override", "header_override", "status_code_mapping")


class _Service(NamedTuple):
    """`path` is what goes between the base URL of a channel and the endpoint."""

    kind: Kind
    base: str = ""
    path: str = ""


_COMPATIBLE = Kind.OPENAI_COMPATIBLE
_SERVICES: Mapping[int, _Service] = {
    1: _Service(Kind.OPENAI, "https://api.openai.com", "/v1"),
    4: _Service(_COMPATIBLE, "http://localhost:11434", "/v1"),
    8: _Service(_COMPATIBLE),
    14: _Service(Kind.ANTHROPIC),
    17: _Service(_COMPATIBLE, "https://dashscope.aliyuncs.com", "/compatible-mode/v1"),
    20: _Service(_COMPATIBLE, "https://openrouter.ai/api", "/v1"),
    24: _Service(Kind.GEMINI_API),
    25: _Service(_COMPATIBLE, "https://api.moonshot.cn", "/v1"),
    26: _Service(_COMPATIBLE, "https://open.bigmodel.cn", "/api/paas/v4"),
    40: _Service(_COMPATIBLE, "https://api.siliconflow.cn", "/v1"),
    41: _Service(Kind.VERTEX),
    42: _Service(_COMPATIBLE, "https://api.mistral.ai", "/v1"),
    43: _Service(_COMPATIBLE, "https://api.deepseek.com", "/v1"),
    45: _Service(_COMPATIBLE, "https://ark.cn-beijing.volces.com", "/api/v3"),
    47: _Service(_COMPATIBLE, "", "/v1"),
    48: _Service(_COMPATIBLE, "https://api.x.ai", "/v1"),
}
"""Those of its types that speak a dialect that is spoken here."""


def take(item: Mapping[str, Any]) -> list[Piece] | None:
    """None when it is no channel."""
    number = item.get("type")
    if not isinstance(number, int) or isinstance(number, bool) or not _MARKS.intersection(item):
        return None
    if number == _CODEX:
        return [accounts.posing(accounts.CLIENTS["codex"])]
    service = _SERVICES.get(number)
    if service is None:
        return [remark("Channels of type %(type)d are of a service not known here.", type=number)]
    if not values.text_of(item.get("key")):
        return [Remark("A channel has no key: new-api lists channels without their keys.")]
    try:
        return [*_entries(item, service), *_left(item)]
    except ValueError as error:
        return [Remark(str(error))]


def _entries(item: Mapping[str, Any], service: _Service) -> list[Piece]:
    name, base = values.label(item.get("name")), _base(item, service)
    kind, provider = service.kind, ""
    if kind is Kind.OPENAI and base != "https://api.openai.com/v1":
        kind = _COMPATIBLE
    if kind is _COMPATIBLE:
        provider = values.provider(name, values.host(base))
    elif kind is Kind.OPENAI:
        base = ""
    plain = Entry(
        "",
        kind,
        label=name,
        provider=provider,
        base_url=base,
        proxy=values.proxy(_object(item.get("setting")).get("proxy")),
        models=_models(item),
        weight=values.weight(item.get("weight")),
        enabled=item.get("status", ENABLED) == ENABLED,
    )
    return [_filled(plain, secret, item) for secret in _keys(values.text_of(item["key"]))]


def _filled(plain: Entry, secret: str | Mapping[str, Any], item: Mapping[str, Any]) -> Piece:
    if isinstance(secret, str):
        return replace(plain, secret=secret)
    location = _object(item.get("other")).get("default") or item.get("other")
    taken = accounts.take({**secret, "location": location}) or [Remark("A key is no account.")]
    found = taken[0]
    if isinstance(found, Entry):
        return replace(plain, secret=found.secret, kind=found.kind, extra=found.extra, label="")
    return found


def _keys(text: str) -> list[str | Mapping[str, Any]]:
    if not text.startswith(("[", "{")):
        return [line.strip() for line in text.splitlines() if line.strip()]
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError("The key of a channel is no valid JSON.") from None
    items = data if isinstance(data, list) else [data]
    return [each for each in items if isinstance(each, str | dict)]


def _base(item: Mapping[str, Any], service: _Service) -> str:
    own = values.url(item.get("base_url"))
    base = own or service.base
    if service.kind is _COMPATIBLE and not base:
        raise ValueError("A channel has no base URL.")
    if own and not service.path:
        return own.removesuffix("/chat/completions")
    return base + service.path if base and not base.endswith(service.path or "/") else base


def _models(item: Mapping[str, Any]) -> tuple[Model, ...]:
    mapping = _object(item.get("model_mapping"))
    names = values.text_of(item.get("models")).split(",")
    pairs = [{"name": mapping.get(each.strip(), each), "alias": each} for each in names]
    return values.models(pairs)


def _object(value: object) -> Mapping[str, Any]:
    """Objects that are kept as text."""
    try:
        data = msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _left(item: Mapping[str, Any]) -> list[Remark]:
    names = [name for name in _LEFT if _object(item.get(name))]
    if not names:
        return []
    listed = ", ".join(names)
    return [remark("Left out, as there is nothing like it here: %(names)s.", names=listed)]
