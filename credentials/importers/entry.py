"""What every importer gives: credentials, and remarks on what it had to leave behind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from credentials.caps import Caps
from credentials.documents import Secret
from credentials.kinds import Kind


class Remark(msgspec.Struct, frozen=True):
    """A sentence for the person who brought a file; it quotes nothing secret of the file.

    `text` has places such as `%(line)s`, so that it can be said in another language; a value may
    be a remark itself.
    """

    text: str
    values: Mapping[str, Any] = {}

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


def remark(text: str, **values: Any) -> Remark:
    return Remark(text, values)


class BadFile(Exception):
    """A file that cannot be imported. The text is for its owner and quotes nothing of it."""

    def __init__(self, text: str | Remark, **values: Any) -> None:
        self.remark = Remark(text, values) if isinstance(text, str) else text
        super().__init__(str(self.remark))


class Model(NamedTuple):
    """`name` is what the provider calls it, `alias` what clients ask for."""

    name: str
    alias: str


class Entry(msgspec.Struct, frozen=True):
    """One credential of a file. `kind` None: an API key of whatever provider the person names.

    A document is as the file has it: its issuer has yet to admit it. `provider` "" is the home of
    its kind; `speaks` is the `kind` that the provider has in `[[providers]]` ("" follows from
    `kind`); `proxy` as in `egress`, unchecked; of `extra` only what is listed in `intake` is kept.
    """

    secret: Secret
    kind: Kind | None = None
    label: str = ""
    extra: Mapping[str, Any] = {}
    provider: str = ""
    base_url: str = ""
    proxy: str = ""
    models: tuple[Model, ...] = ()
    speaks: str = ""
    weight: int = 1
    enabled: bool = True
    caps: Caps = Caps()

    def __repr__(self) -> str:
        return f"<Entry {self.label!r}>"


Piece = Entry | Remark


class Found(NamedTuple):
    """All of one file."""

    entries: tuple[Entry, ...]
    notes: tuple[Remark, ...] = ()
