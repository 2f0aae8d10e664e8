"""Opens the store that the operator wants."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from proxy.images.bucket import Bucket
from proxy.images.local import LocalStore
from proxy.images.memory import MemoryStore
from proxy.images.store import Store


class Kind(enum.StrEnum):
    """IMAGE_STORAGE_TYPE. QINIU and TENCENT are buckets with a known address."""

    MEMORY = "memory"
    LOCAL = "local"
    S3 = "s3"
    QINIU = "qiniu"
    TENCENT = "tencent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`number` and `size` (bytes) bound the memory, `size` also the folder."""

    kind: Kind
    lifetime: timedelta
    number: int
    size: int
    folder: Path
    bucket: Bucket | None = None


def opened(wish: Wish, clock: Callable[[], datetime]) -> Store:
    """Raises ValueError with one sentence that names the setting to change."""
    match wish.kind:
        case Kind.MEMORY:
            return MemoryStore(
                number=wish.number, size=wish.size, lifetime=wish.lifetime, clock=clock
            )
        case Kind.LOCAL:
            return LocalStore(wish.folder, size=wish.size, lifetime=wish.lifetime, clock=clock)
        case Kind.S3 | Kind.QINIU | Kind.TENCENT:
            return _remote(wish, clock)


def _remote(wish: Wish, clock: Callable[[], datetime]) -> Store:
    bucket = wish.bucket
    if bucket is None or not (bucket.name and bucket.access_key and bucket.secret_key):
        raise ValueError(f"IMAGE_STORAGE_TYPE={wish.kind} needs a bucket, its key and its secret.")
    try:
        from proxy.images.s3 import S3Store
    except ModuleNotFoundError as error:
        raise ValueError(
            f"IMAGE_STORAGE_TYPE={wish.kind} needs the extra `s3`: pip install 'potluck[s3]'."
        ) from error
    return S3Store(bucket, lifetime=wish.lifetime, clock=clock)
