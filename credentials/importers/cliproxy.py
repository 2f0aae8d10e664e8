"""`config.yaml` of CLIProxyAPI: the keys of its sections, and what they are to be sent to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec.structs import replace

from credentials.importers import values, yamlfile
from credentials.importers.entry import BadFile, Entry, Piece, Remark, remark
from credentials.kinds import Kind


class _Section(NamedTuple):
    """`provider` "": the pool that is built in; `speaks` as in `Entry`."""

    kind: Kind
    provider: str = ""
    base: str = ""
    speaks: str = ""


_OPENAI = "https://api.openai.com/v1"
_SECTIONS: Mapping[str, _Section] = {
    "gemini-api-key": _Section(Kind.GEMINI_API),
    "generative-language-api-key": _Section(Kind.GEMINI_API),
    "vertex-api-key": _Section(Kind.VERTEX),
    "claude-api-key": _Section(Kind.ANTHROPIC),
    "codex-api-key": _Section(Kind.OPENAI_COMPATIBLE, "", _OPENAI, "openai-responses"),
    "xai-api-key": _Section(
        Kind.OPENAI_COMPATIBLE, "grok", "https://api.x.ai/v1", "openai-responses"
    ),
}
_COMPATIBLE = "openai-compatibility"
_READ = frozenset(
    {"api-key", "weight", "base-url", "proxy-url", "models", "name", "disabled"}
    | {"api-keys", "api-key-entries"}
)
_POSING = frozenset({"cloak", "fingerprint-profile", "experimental-cch-signing"})
_KNOWN = frozenset(
    {"prefix", "headers", "excluded-models", "disable-cooling", "request-retry", "priority"}
    | {"request-scoped-errors", "alpha-search", "websockets", "support-prompt-cache-key"}
    | {"rebuild-mid-system-message"}
)
_ELSEWHERE = frozenset({"interactions-api-key", "oauth-model-alias", "api-keys", "ampcode"})


def read(name: str, text: str) -> list[Piece] | None:
    """None for a file that is not called YAML. Raises BadFile."""
    if not name.lower().endswith((".yaml", ".yml")):
        return None
    data = yamlfile.decode(text)
    if not isinstance(data, dict) or not {*_SECTIONS, _COMPATIBLE}.intersection(data):
        raise BadFile("The YAML file has no section that a config.yaml of CLIProxyAPI has.")
    found = [*_plain(data), *_providers(data)]
    if not any(isinstance(each, Entry) for each in found):
        found.append(Remark("The sections of the file hold no API key."))
    try:
        common = values.proxy(data.get("proxy-url"))
    except ValueError as error:
        common = ""
        found.append(Remark(str(error)))
    found = [
        replace(each, proxy=each.proxy or common) if isinstance(each, Entry) else each
        for each in found
    ]
    return [*found, *_left(data)]


def _plain(data: Mapping[str, Any]) -> Iterator[Piece]:
    for title, section in _SECTIONS.items():
        for number, item in enumerate(_items(data, title), 1):
            try:
                yield _key(section, item)
            except ValueError as error:
                yield _refused(title, number, error)


def _key(section: _Section, item: object) -> Entry:
    if isinstance(item, str):
        item = {"api-key": item}
    if not isinstance(item, dict):
        raise ValueError("It is no object.")  # noqa: TRY004 - about a file, not about our code
    base = values.url(item.get("base-url")) or section.base
    kind, provider = section.kind, section.provider
    if kind is Kind.GEMINI_API:
        base = base.removesuffix("/v1beta")
    if kind is Kind.OPENAI_COMPATIBLE and base == _OPENAI:
        kind, base = Kind.OPENAI, ""
    elif kind is Kind.OPENAI_COMPATIBLE and base != section.base:
        provider = values.provider(values.host(base))
    return Entry(
        _secret(item),
        kind,
        provider=provider,
        base_url=base,
        proxy=values.proxy(item.get("proxy-url")),
        models=values.models(item.get("models")),
        speaks=section.speaks if kind is Kind.OPENAI_COMPATIBLE else "",
        weight=values.weight(item.get("weight")),
        enabled=_wanted(item),
    )


def _providers(data: Mapping[str, Any]) -> Iterator[Piece]:
    for number, item in enumerate(_items(data, _COMPATIBLE), 1):
        try:
            plain = _provider(item)
        except ValueError as error:
            yield _refused(_COMPATIBLE, number, error)
            continue
        keys: list[Any] = [*_items(item, "api-key-entries"), *_items(item, "api-keys")]
        for each in keys or [item]:
            try:
                yield _filled(plain, each)
            except ValueError as error:
                yield _refused(_COMPATIBLE, number, error)


def _provider(item: object) -> Entry:
    if not isinstance(item, dict):
        raise ValueError("It is no object.")  # noqa: TRY004 - about a file, not about our code
    base = values.url(item.get("base-url"))
    if not base:
        raise ValueError("It has no base-url.")
    named = values.text_of(item.get("name"))
    official = base == _OPENAI
    return Entry(
        "",
        Kind.OPENAI if official else Kind.OPENAI_COMPATIBLE,
        label=values.label(named),
        provider="" if official else values.provider(named, values.host(base)),
        base_url="" if official else base,
        models=values.models(item.get("models")),
        enabled=_wanted(item),
    )


def _filled(plain: Entry, item: object) -> Entry:
    item = {"api-key": item} if isinstance(item, str) else item
    if not isinstance(item, dict):
        raise ValueError("One of its keys is no text.")  # noqa: TRY004 - about a file
    return replace(
        plain,
        secret=_secret(item),
        proxy=values.proxy(item.get("proxy-url")),
        weight=values.weight(item.get("weight")),
        enabled=plain.enabled and _wanted(item),
    )


def _secret(item: Mapping[str, Any]) -> str:
    key = values.text_of(item.get("api-key"))
    if not key:
        raise ValueError("It has no api-key, or one that is no text.")
    return key


def _wanted(item: Mapping[str, Any]) -> bool:
    weight = item.get("weight")
    idle = isinstance(weight, int) and weight <= 0 and not isinstance(weight, bool)
    return not idle and not values.flag(item.get("disabled"))


def _items(data: Mapping[str, Any], title: str) -> list[Any]:
    found = data.get(title)
    return found if isinstance(found, list) else []


def _refused(title: str, number: int, error: ValueError) -> Remark:
    return remark(
        "%(title)s, entry %(number)d: %(why)s", title=title, number=number, why=Remark(str(error))
    )


def _left(data: Mapping[str, Any]) -> Iterator[Remark]:
    """What the file says beside keys, as far as it is known by name."""
    titles = (*_SECTIONS, _COMPATIBLE)
    said = {
        name
        for title in titles
        for item in _items(data, title)
        if isinstance(item, dict)
        for name, value in item.items()
        if value and name not in _READ
    }
    if posing := sorted(said & _POSING):
        yield remark(
            "Left out on purpose, as it passes for another vendor's client: %(names)s.",
            names=", ".join(posing),
        )
    if nothing := sorted(said & _KNOWN):
        yield remark(
            "Left out, as there is nothing like it here: %(names)s.", names=", ".join(nothing)
        )
    if other := len(said - _POSING - _KNOWN):
        yield remark("Left out: %(count)d fields not known here.", count=other)
    if elsewhere := sorted(_ELSEWHERE.intersection(data)):
        yield remark("Sections that were not imported: %(names)s.", names=", ".join(elsewhere))
