"""Settings of the buckets that images may be kept in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import kinds
from gateway.setting import setting


@dataclass(frozen=True, kw_only=True)
class Buckets:
    """Which of them counts, IMAGE_STORAGE_TYPE says."""

    s3_bucket: str = setting(
        kinds.Text(),
        "",
        "Bucket of `s3`.",
        "`s3` 的存储桶。",
        storable=False,
    )
    s3_region: str = setting(
        kinds.Text(),
        "",
        "Its region.",
        "所在区域。",
        storable=False,
    )
    s3_endpoint: str = setting(
        kinds.Url(),
        "",
        "Address of an S3-compatible service; without it Amazon's.",
        "S3 兼容服务的地址；不设则为 Amazon。",
        storable=False,
    )
    s3_access_key: str = setting(
        kinds.Text(),
        "",
        "Its access key.",
        "访问密钥 ID。",
        is_secret=True,
    )
    s3_secret_key: str = setting(
        kinds.Text(),
        "",
        "Its secret key.",
        "访问密钥。",
        is_secret=True,
    )
    qiniu_bucket_name: str = setting(
        kinds.Text(),
        "",
        "S3 name of the bucket of `qiniu`, as its console shows it.",
        "`qiniu` 存储桶的 S3 空间名（见控制台）。",
        storable=False,
    )
    qiniu_region: str = setting(
        kinds.Text(),
        "",
        "Its region, as `cn-east-1`.",
        "所在区域，如 `cn-east-1`。",
        storable=False,
    )
    qiniu_access_key: str = setting(
        kinds.Text(),
        "",
        "Its access key.",
        "AccessKey。",
        is_secret=True,
    )
    qiniu_secret_key: str = setting(
        kinds.Text(),
        "",
        "Its secret key.",
        "SecretKey。",
        is_secret=True,
    )
    qiniu_bucket_domain: str = setting(
        kinds.Url(),
        "",
        "Public domain of the bucket; links to it do not expire.",
        "存储桶的公开域名；这样的链接不会失效。",
        storable=False,
    )
    tencent_bucket: str = setting(
        kinds.Text(),
        "",
        "Bucket of `tencent`, with its APPID.",
        "`tencent` 的存储桶，带 APPID。",
        storable=False,
    )
    tencent_region: str = setting(
        kinds.Text(),
        "",
        "Its region, as `ap-guangzhou`.",
        "所在区域，如 `ap-guangzhou`。",
        storable=False,
    )
    tencent_secret_id: str = setting(
        kinds.Text(),
        "",
        "Its secret id.",
        "SecretId。",
        is_secret=True,
    )
    tencent_secret_key: str = setting(
        kinds.Text(),
        "",
        "Its secret key.",
        "SecretKey。",
        is_secret=True,
    )
    tencent_domain: str = setting(
        kinds.Url(),
        "",
        "Public domain of the bucket; links to it do not expire.",
        "存储桶的公开域名；这样的链接不会失效。",
        storable=False,
    )
