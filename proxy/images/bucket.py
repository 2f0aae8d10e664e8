"""Which bucket of which S3 service holds the pictures. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+){1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`endpoint` "" is Amazon's own. `addressing`: auto, path or virtual. `prefix` is a folder.

    `domain` is the URL of a public domain of the bucket. Links then lead there and do not expire;
    without it they are signed ("presigned") and do.
    """

    name: str
    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str = ""
    region: str = ""
    addressing: str = "auto"
    prefix: str = "potluck"
    domain: str = ""


def qiniu(*, name: str, region: str, access_key: str, secret_key: str, domain: str = "") -> Bucket:
    """Qiniu Kodo (七牛云). `name` is the bucket's S3 name, which Kodo's console shows beside its
    own; `region` as in `cn-east-1`.

    https://developer.qiniu.com/kodo/4088/s3-access-domainname
    """
    region = _known(region, "QINIU_REGION", "cn-east-1")
    return Bucket(
        name=name,
        access_key=access_key,
        secret_key=secret_key,
        endpoint=f"https://s3.{region}.qiniucs.com",
        region=region,
        addressing="path",
        domain=domain,
    )


def tencent(*, name: str, region: str, secret_id: str, secret_key: str, domain: str = "") -> Bucket:
    """Tencent COS (腾讯云). `name` with the APPID (`pictures-1250000000`); `region` as in
    `ap-guangzhou`. Buckets made since 2024 are addressed by their own host only.

    https://cloud.tencent.com/document/product/436/37421, and 436/96243 on addressing.
    """
    region = _known(region, "TENCENT_REGION", "ap-guangzhou")
    return Bucket(
        name=name,
        access_key=secret_id,
        secret_key=secret_key,
        endpoint=f"https://cos.{region}.myqcloud.com",
        region=region,
        addressing="virtual",
        domain=domain,
    )


def _known(region: str, setting: str, example: str) -> str:
    """A region becomes part of a host name, so it is checked. Raises ValueError."""
    if not _REGION.fullmatch(region):
        raise ValueError(f"{setting} must be a region's code, such as {example}.")
    return region
