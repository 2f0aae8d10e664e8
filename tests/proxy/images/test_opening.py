"""The operator's wish becomes a store."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from proxy.images.bucket import Bucket
from proxy.images.local import LocalStore
from proxy.images.memory import MemoryStore
from proxy.images.opening import Kind, Wish, opened
from proxy.images.s3 import S3Store
from tests.support.moment import Clock

BUCKET = Bucket(name="b", access_key="a", secret_key="s", region="us-east-1")
REMOTE = (Kind.S3, Kind.QINIU, Kind.TENCENT)


def wish(kind: Kind, bucket: Bucket | None = None) -> Wish:
    return Wish(
        kind=kind,
        lifetime=timedelta(hours=1),
        number=9,
        size=999,
        folder=Path("images"),
        bucket=bucket,
    )


@pytest.mark.parametrize(
    ("kind", "store"),
    [
        (Kind.MEMORY, MemoryStore),
        (Kind.LOCAL, LocalStore),
        (Kind.S3, S3Store),
        (Kind.QINIU, S3Store),
        (Kind.TENCENT, S3Store),
    ],
)
async def test_each_kind_has_its_store(kind: Kind, store: type) -> None:
    found = opened(wish(kind, BUCKET), Clock())
    assert type(found) is store
    await found.close()


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize("bucket", [None, Bucket(name="b", access_key="a", secret_key="")])
def test_half_a_bucket_is_refused(kind: Kind, bucket: Bucket | None) -> None:
    with pytest.raises(ValueError, match=f"IMAGE_STORAGE_TYPE={kind} needs a bucket"):
        opened(wish(kind, bucket), Clock())


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "proxy.images.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3.exceptions", None)
    with pytest.raises(ValueError, match="pip install"):
        opened(wish(Kind.S3, BUCKET), Clock())
