"""What a file says of the services that its keys are for, and what is still to be set. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from credentials.importers.entry import Entry, Model, Remark, remark
from credentials.importers.values import POOLS
from credentials.kinds import Kind

_SPEAKS = {Kind.ANTHROPIC: "anthropic", Kind.GEMINI_API: "gemini"}
_PAIR = re.compile(r"[!-+\--<>-~]+=[!-+\--<>-~]+")
"""Neither blanks nor commas, as the setting takes it."""


class Service(msgspec.Struct, frozen=True):
    """A provider that a file names and that is not built in: what `[[providers]]` is to say."""

    name: str
    base_url: str
    kind: str = "openai"
    models: tuple[Model, ...] = ()

    def toml(self) -> str:
        """For the configuration file; it holds no key. JSON's strings are TOML's, too."""
        said = [("name", self.name), ("kind", self.kind), ("base_url", self.base_url)]
        lines = ["[[providers]]", *(f"{name} = {_quoted(value)}" for name, value in said)]
        each = (
            f"  {{ name = {_quoted(model.name)}, alias = {_quoted(model.alias)} }},\n"
            for model in self.models
        )
        models = f"models = [\n{''.join(each)}]\n" if self.models else ""
        return "\n".join(lines) + "\n" + models


def services(
    entries: Iterable[Entry], provider: str = "", base_url: str = ""
) -> tuple[Service, ...]:
    """Each provider once, as its first credential has it, with the models of all.

    `provider` and `base_url` are the person's word instead of the file's.
    """
    found: dict[str, Service] = {}
    for entry in entries:
        name = provider or entry.provider
        if not name or name in POOLS or entry.kind is Kind.PROVIDER_OAUTH:
            continue
        kind = entry.speaks or _SPEAKS.get(entry.kind or Kind.OPENAI_COMPATIBLE, "openai")
        before = found.setdefault(name, Service(name, base_url or entry.base_url, kind))
        merged = {model.alias: model for model in (*before.models, *entry.models)}
        found[name] = replace(before, models=tuple(merged.values()))
    return tuple(found.values())


def reminders(
    entries: Collection[Entry], named: Iterable[Service], configured: Collection[str]
) -> Iterator[Remark]:
    """What is still to be set before all of it serves."""
    for service in named:
        if service.name not in configured:
            yield remark(
                "`%(provider)s` is not configured: its keys serve once the configuration file "
                "has [[providers]] of that name.",
                provider=service.name,
            )
    if any(entry.base_url for entry in entries if not isinstance(entry.secret, str)):
        yield Remark("A base URL is not taken over with an account: set it by hand.")
    if pairs := list(dict.fromkeys(_aliases(entries))):
        yield remark(
            "Other names of models are a setting: MODEL_ALIASES=%(pairs)s", pairs=",".join(pairs)
        )


def _aliases(entries: Iterable[Entry]) -> Iterator[str]:
    """`alias=model` of the pools that are built in: providers have theirs in `[[providers]]`."""
    for model in (model for entry in entries if not entry.provider for model in entry.models):
        pair = f"{model.alias}={model.name}"
        if model.alias != model.name and _PAIR.fullmatch(pair):
            yield pair


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
