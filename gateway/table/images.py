"""Settings of images in answers: how they are given, and where linked ones are kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway import kinds
from gateway.setting import setting
from proxy.images.opening import Kind as ImageStorage
from proxy.images.reply import Form, ImageReply


@dataclass(frozen=True, kw_only=True)
class Images:
    """Buckets are configured by the `S3_*`, `QINIU_*` and `TENCENT_*` settings."""

    image_reply: ImageReply = setting(
        kinds.Choice(ImageReply),
        ImageReply.IMAGES,
        "How images reach Chat clients: `message.images[]`, a Markdown link, or both.",
        "图片以何种方式给 Chat 客户端：`message.images[]`、Markdown 链接，或两者。",
        hot=True,
    )
    image_storage_type: ImageStorage = setting(
        kinds.Choice(ImageStorage),
        ImageStorage.MEMORY,
        "Where images that are linked to are kept. `memory` serves one process only: several use "
        "`local` by default.",
        "链接指向的图片存放在哪里。`memory` 只适用于单个进程，多进程时默认用 `local`。",
    )
    memory_max_image_number: int = setting(
        kinds.Integer(1, 100_000),
        200,
        "How many images are kept in memory.",
        "内存里最多保留多少张图片。",
    )
    image_storage_dir: Path | None = setting(
        kinds.File(),
        None,
        "Folder of the images of `local`, by default `images` in `DATA_DIR`.",
        "`local` 方式存放图片的目录，默认为 `DATA_DIR` 里的 `images`。",
        storable=False,
    )
    image_storage_megabytes: int = setting(
        kinds.Integer(1, 1_000_000),
        128,
        "Megabytes of images that memory or the folder may hold; the oldest go first.",
        "内存或目录里的图片最多占多少 MB，先删最旧的。",
    )
    image_link_hours: int = setting(
        kinds.Integer(1, 720),
        24,
        "Hours until a link to an image expires, and the image goes.",
        "图片链接多少小时后失效，图片随之删除。",
    )
    host_url: str = setting(
        kinds.Url(),
        "",
        "The gateway's own public address, for links to images. Without it the request's host is "
        "taken.",
        "网关对外的地址，用于图片链接。不设则取请求里的主机名。",
        hot=True,
    )
    xai_response_format: Form = setting(
        kinds.Choice(Form),
        Form.URL,
        "How images of `/xai/v1` are answered: stored and linked, or in the answer.",
        "`/xai/v1` 的图片如何返回：存下来给链接，或直接放进回答。",
        hot=True,
    )
