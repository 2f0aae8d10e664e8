"""Pictures in a bucket of a service that speaks S3 (django-storages; the `s3` extra)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeVar

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

from proxy.images import names
from proxy.images.bucket import Bucket
from proxy.images.store import Stored, StoreDown

_THREADS = 4
# A prune deletes at most so many, so that it ends soon also for a bucket that was never pruned.
_BATCH = 500

_Result = TypeVar("_Result")


class S3Store:
    """Entries live for `lifetime`, as far as somebody prunes; signed links never outlive it."""

    def __init__(
        self, bucket: Bucket, *, lifetime: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._bucket = bucket
        self._lifetime = lifetime
        self._clock = clock
        self._storage = _storage(bucket, lifetime)
        # Its own threads: a slow bucket must not hold up whoever else needs a thread.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")

    async def put(self, data: bytes, mime: str) -> str:
        name = names.mint(mime)
        await self._aside(lambda: self._save(name, data))
        return name

    async def get(self, name: str) -> Stored | None:
        if not names.is_name(name):
            return None
        data = await self._aside(lambda: self._load(name))
        return None if data is None else Stored(names.mime_of(name), data)

    async def link(self, name: str) -> str | None:
        if self._bucket.domain:
            key = f"{self._bucket.prefix}/{name}" if self._bucket.prefix else name
            return f"{self._bucket.domain.rstrip('/')}/{key}"
        return await self._aside(lambda: self._presigned(name))

    async def prune(self, now: datetime) -> int:
        return await self._aside(lambda: self._sweep(now - self._lifetime))

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _save(self, name: str, data: bytes) -> None:
        content = ContentFile(data)
        content.content_type = names.mime_of(name)  # type: ignore[attr-defined]
        self._storage.save(name, content)

    def _load(self, name: str) -> bytes | None:
        try:
            with self._storage.open(name) as file:
                if file.obj.last_modified <= self._clock() - self._lifetime:
                    return None
                data: bytes = file.read()
        except FileNotFoundError:
            return None
        return data

    def _presigned(self, name: str) -> str:
        # Only what is nothing but pixels may open in a browser.
        asked = {} if names.is_raster(name) else {"ResponseContentDisposition": "attachment"}
        return str(self._storage.url(name, parameters=asked))

    def _sweep(self, oldest: datetime) -> int:
        gone = 0
        for entry in self._entries():
            if entry.last_modified <= oldest:
                # One by one: deleting many at once needs a checksum that not every service takes.
                entry.delete()
                gone += 1
                if gone == _BATCH:
                    break
        return gone

    def _entries(self) -> Iterator[Any]:
        """What this store has written, and nothing else that is in the bucket."""
        prefix = f"{self._bucket.prefix}/" if self._bucket.prefix else ""
        for entry in self._storage.bucket.objects.filter(Prefix=prefix):
            if names.is_name(entry.key.removeprefix(prefix)):
                yield entry

    async def _aside(self, work: Callable[[], _Result]) -> _Result:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, work)
        except (BotoCoreError, Boto3Error, ClientError, OSError) as error:
            raise StoreDown(f"The bucket of pictures: {_reason(error)}.") from None


def _reason(error: Exception) -> str:
    """Botocore's texts may hold a URL with its signature: not quoted."""
    if isinstance(error, ClientError):
        return f"the service says {error.response.get('Error', {}).get('Code', 'no')!r:.60}"
    return type(error).__name__


def _storage(bucket: Bucket, lifetime: timedelta) -> S3Storage:
    seconds = int(lifetime.total_seconds())
    return S3Storage(
        bucket_name=bucket.name,
        access_key=bucket.access_key,
        secret_key=bucket.secret_key,
        # Nothing is taken from the surroundings.
        security_token=None,
        session_profile=None,
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or None,
        location=bucket.prefix,
        custom_domain=None,
        cloudfront_signer=None,
        gzip=False,
        default_acl=None,
        file_overwrite=True,
        querystring_auth=True,
        # Seven days is the longest that signature version 4 knows.
        querystring_expire=min(seconds, 7 * 24 * 3_600),
        object_parameters={"CacheControl": f"private, max-age={seconds}"},
        transfer_config=TransferConfig(use_threads=False),
        client_config=Config(
            signature_version="s3v4",
            s3={"addressing_style": bucket.addressing},
            # Services other than Amazon's refuse the checksums that botocore adds by default.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 2, "mode": "standard"},
        ),
    )
