"""What the configuration says of media: where images are kept, and how URLs are fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from gateway import keyfiles
from gateway.config import Config, Source
from gateway.setting import ConfigError
from proxy.images.bucket import Bucket, qiniu, tencent
from proxy.images.gallery import Gallery
from proxy.images.links import Links
from proxy.images.opening import Kind, Wish, opened
from proxy.ir import Request
from proxy.media.fetch import Fetcher
from proxy.media.inline import inlined

_MEGABYTE = 2**20


def gallery(config: Config, secrets: Sequence[bytes], clock: Callable[[], datetime]) -> Gallery:
    """`secrets` are the vault's keys: links made before a rotation still open. Raises
    ConfigError."""
    lifetime = timedelta(hours=config.image_link_hours)
    try:
        store = opened(_wish(config, lifetime), clock)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    keys = [keyfiles.derive(secret.decode("ascii"), "media") for secret in secrets]
    return Gallery(store, Links(keys, lifetime), clock)


def _wish(config: Config, lifetime: timedelta) -> Wish:
    return Wish(
        kind=_kind(config),
        lifetime=lifetime,
        number=config.memory_max_image_number,
        size=config.image_storage_megabytes * _MEGABYTE,
        folder=config.image_storage_dir or config.data_dir / "images",
        bucket=_bucket(config),
    )


def fetcher(config: Config) -> Fetcher:
    return Fetcher(agent=config.user_agent)


def fetching(
    config: Config, allowed: Callable[[], bool]
) -> Callable[[Request], Awaitable[Request]]:
    """Puts what a request names by URL into the request itself, where the operator allows it."""
    fetch = fetcher(config).fetch

    async def filled(request: Request) -> Request:
        return await inlined(request, fetch) if allowed() else request

    return filled


def _kind(config: Config) -> Kind:
    if config.image_storage_type is not Kind.MEMORY or config.workers == 1:
        return config.image_storage_type
    if config.source("IMAGE_STORAGE_TYPE") is Source.DEFAULT:
        return Kind.LOCAL
    raise ConfigError(
        "IMAGE_STORAGE_TYPE=memory serves one process only: with WORKERS over 1 set it to local, "
        "or to a bucket."
    )


def _bucket(config: Config) -> Bucket | None:
    match config.image_storage_type:
        case Kind.S3:
            return Bucket(
                name=config.s3_bucket,
                access_key=config.s3_access_key,
                secret_key=config.s3_secret_key,
                endpoint=config.s3_endpoint,
                region=config.s3_region,
            )
        case Kind.QINIU:
            return qiniu(
                name=config.qiniu_bucket_name,
                region=config.qiniu_region,
                access_key=config.qiniu_access_key,
                secret_key=config.qiniu_secret_key,
                domain=config.qiniu_bucket_domain,
            )
        case Kind.TENCENT:
            return tencent(
                name=config.tencent_bucket,
                region=config.tencent_region,
                secret_id=config.tencent_secret_id,
                secret_key=config.tencent_secret_key,
                domain=config.tencent_domain,
            )
        case _:
            return None
