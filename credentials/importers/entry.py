"""What every importer gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from credentials.documents import Secret
from credentials.kinds import Kind


class BadFile(Exception):
    """A file that cannot be imported. The text is for its owner and quotes nothing of it."""


class Entry(msgspec.Struct, frozen=True):
    """One credential of a file. `kind` None: an API key of whatever provider the person names.

    A document is as the file has it: its issuer has yet to admit it.
    """

    secret: Secret
    kind: Kind | None = None
    label: str = ""
    extra: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"<Entry {self.label!r}>"
