"""What a caller is told of a part of its message that other dialects cannot say.

The words go under `Opaque.needed`, so that the part is refused rather than left out: what a user
shows or says is never dropped. In a model's own turns it stays a loss.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from proxy.ir import Foreign, Opaque

_LONGEST = 64


def kept(opaque: Opaque, path: str) -> Foreign:
    """A file that its service keeps, known by its id only. `path`: where it stands in the body."""
    return _foreign(
        opaque,
        path,
        f"{path} names a file by its id, which only the service that keeps the file can read: send "
        "the file's content as data, or ask a model of that service.",
    )


def unknown(opaque: Opaque, path: str) -> Foreign:
    """A part that only its own dialect knows, if anybody does."""
    kind = opaque.data.get("type")
    name = kind if isinstance(kind, str) else next(iter(opaque.data), "")
    what = f"is a `{name[:_LONGEST]}`" if name else "says nothing"
    return _foreign(
        opaque,
        path,
        f"{path} {what}, which the model asked for cannot be told: leave it out, say it as text, "
        "or ask a model of the service that knows such parts.",
    )


def _foreign(opaque: Opaque, path: str, advice: str) -> Foreign:
    needed: Mapping[str, str] = {path: advice}
    return Foreign(replace(opaque, needed=needed))
