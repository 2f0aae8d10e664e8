"""What one setting is: a row of the table in `config.py`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from gateway.kinds import Kind
from gateway.redact import redact

Value = TypeVar("Value")


class ConfigError(Exception):
    """A setting that cannot be used: one sentence that names it and holds no secret."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table.

    `aliases` are other names it is read from. `hot`: it may be applied without a restart.
    `storable`: it may be changed in the console, so it may come from the database; secrets and
    what is needed to open the database are not.
    """

    name: str
    kind: Kind[Any]
    default: Any
    en: str
    zh: str
    aliases: tuple[str, ...]
    hot: bool
    is_secret: bool
    storable: bool

    def parse(self, raw: object, name: str, origin: str) -> Any:
        """`raw` as a value; raises ConfigError that names `name`, as the operator wrote it."""
        try:
            return self.kind.parse(raw)
        except (ValueError, TypeError):
            shown = "" if self.is_secret else f", not {redact(str(raw))[:60]!r}"
            sentence = f"{name} {origin} must be {self.kind.expects}{shown}."
            raise ConfigError(sentence) from None


def setting(
    kind: Kind[Value],
    default: Value,
    en: str,
    zh: str,
    *,
    aliases: tuple[str, ...] = (),
    hot: bool = False,
    is_secret: bool = False,
    storable: bool = True,
) -> Value:
    """A field of `config.Config` that carries its row; typed as its value, as `field()` is."""
    row = {
        "kind": kind,
        "en": en,
        "zh": zh,
        "aliases": aliases,
        "hot": hot,
        "is_secret": is_secret,
        "storable": storable and not is_secret,
    }
    made: Any = field(default=default, repr=not is_secret, metadata={"setting": row})
    return made  # type: ignore[no-any-return]
