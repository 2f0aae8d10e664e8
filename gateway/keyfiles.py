"""The secrets that the gateway makes for itself: files of mode 0600 in DATA_DIR (0700).

`POTLUCK_SECRET_KEY` comes before the files where it can be rotated (sealed credentials), and
seeds them where it cannot: digests of API keys must not change when the secret does. So several
hosts, or a container without a volume, agree as long as the oldest secret stays in the list.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.setting import ConfigError

_LENGTH = 32


class Keys(NamedTuple):
    """`vault`: Fernet keys, the first seals. `pepper`: of key digests, 32 bytes."""

    signing: str
    pepper: bytes
    vault: tuple[bytes, ...]


def ready(folder: Path, texts: Sequence[str] = ()) -> Keys:
    """The keys in `folder`, made on first use; `texts` is POTLUCK_SECRET_KEY.

    Raises ConfigError.
    """
    _folder(folder)
    oldest = texts[-1] if texts else ""
    signing = _file(folder / "signing.key", lambda: _seed(oldest, "signing"))
    pepper = _file(folder / "pepper.key", lambda: _seed(oldest, "pepper"))
    return Keys(signing.hex(), pepper, _vault(folder / "vault.key", texts))


def derive(text: str, purpose: str) -> bytes:
    """32 bytes that only those who know `text` can make, different for each purpose."""
    return HKDF(SHA256(), _LENGTH, salt=b"potluck", info=purpose.encode()).derive(text.encode())


def _vault(path: Path, texts: Sequence[str]) -> tuple[bytes, ...]:
    keys = [derive(text, "vault") for text in texts]
    # What was sealed before the secret was set must still open.
    if not texts or path.exists():
        keys.append(_file(path, lambda: secrets.token_bytes(_LENGTH)))
    return tuple(base64.urlsafe_b64encode(key) for key in keys)


def _seed(text: str, purpose: str) -> bytes:
    return derive(text, purpose) if text else secrets.token_bytes(_LENGTH)


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {folder} cannot be made: {error.strerror}.") from None
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ConfigError(f"DATA_DIR: {folder} is not a folder that can be written to.")


def _file(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        _create(path, make())
    try:
        # A symbolic link here would be somebody else's doing.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, encoding="ascii") as file:  # noqa: PTH123 - opened by descriptor
            key = bytes.fromhex(file.read(4 * _LENGTH))
    except OSError as error:
        raise ConfigError(f"DATA_DIR: {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        key = b""
    if len(key) != _LENGTH:
        raise ConfigError(f"DATA_DIR: {path} is damaged: put it back from a backup.")
    return key


def _create(path: Path, key: bytes) -> None:
    """Whole or not at all, and the first of several processes wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(handle, "w", encoding="ascii") as file:  # noqa: PTH123 - opened by descriptor
            file.write(key.hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def exposed(path: Path) -> bool:
    """Whether others than its owner may read or write what is there."""
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
