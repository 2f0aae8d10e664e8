"""Pictures as files of mode 0600 in a folder of mode 0700, which several processes may share."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

from proxy.images import names
from proxy.images.store import Stored, StoreDown

# A picture that is being written, or whose writer died.
_DRAFT = re.compile(r"\.[0-9a-f]{16}\.part")

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


class _File(NamedTuple):
    written: float
    size: int
    path: Path


class LocalStore:
    """`size` bytes in all, kept by `prune`: the oldest files go. A file's time of change is the
    time it was put, so its age is known to every process, also after a restart."""

    def __init__(
        self, folder: Path, *, size: int, lifetime: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._folder = folder
        self._size = size
        self._lifetime = lifetime.total_seconds()
        self._clock = clock

    async def put(self, data: bytes, mime: str) -> str:
        name = names.mint(mime)
        await _aside(self._write, name, data, self._clock().timestamp())
        return name

    async def get(self, name: str) -> Stored | None:
        if not names.is_name(name):
            return None
        data = await _aside(self._read, name, self._clock().timestamp() - self._lifetime)
        return None if data is None else Stored(names.mime_of(name), data)

    async def link(self, name: str) -> str | None:
        return None

    async def prune(self, now: datetime) -> int:
        return await _aside(self._sweep, now.timestamp() - self._lifetime)

    async def close(self) -> None:
        """Nothing is held."""

    def _write(self, name: str, data: bytes, now: float) -> None:
        """Whole or not at all: a reader never meets half a picture."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{secrets.token_hex(8)}.part"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 - opened by descriptor
                file.write(data)
            os.utime(draft, (now, now))
            draft.rename(self._folder / name)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def _read(self, name: str, oldest: float) -> bytes | None:
        try:
            # A symbolic link here would be somebody else's doing.
            handle = os.open(self._folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except FileNotFoundError:
            return None
        with open(handle, "rb") as file:  # noqa: PTH123 - opened by descriptor
            return file.read() if os.fstat(handle).st_mtime > oldest else None

    def _sweep(self, oldest: float) -> int:
        held, gone = 0, 0
        for file in sorted(self._files(), reverse=True):
            held += file.size
            if file.written <= oldest or held > self._size:
                file.path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _files(self) -> Iterator[_File]:
        """What this store has written, and nothing else that is in the folder."""
        if not self._folder.is_dir():
            return
        for entry in os.scandir(self._folder):
            ours = names.is_name(entry.name) or _DRAFT.fullmatch(entry.name)
            if ours and entry.is_file(follow_symlinks=False):
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    # Another process sweeps too.
                    continue
                yield _File(found.st_mtime, found.st_size, Path(entry.path))


async def _aside(
    work: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs
) -> _Result:
    """Disks are slow: the event loop does not wait for them."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise StoreDown(f"The folder of pictures cannot be used: {error.strerror}.") from error
