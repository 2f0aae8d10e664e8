"""Where images are kept, as the settings say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import pictures
from gateway.config import load
from gateway.setting import ConfigError
from proxy.errors import ErrorKind, GatewayError
from proxy.images.gallery import Gallery
from proxy.ir import Media, Request, Role, Turn

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRETS = [b"a" * 44]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def opened(environ: dict[str, str], secrets: list[bytes] = SECRETS) -> Gallery:
    return pictures.gallery(load(environ, {}, {}), secrets, lambda: NOW)


async def test_a_picture_is_kept_in_memory_by_default() -> None:
    gallery = opened({})
    link = await gallery.publish(PNG, "image/png", "https://here")
    assert link.startswith("https://here/media/")
    assert (await gallery.answer(link.removeprefix("https://here"))).body == PNG


async def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    settings = {"WORKERS": "2", "DATA_DIR": str(tmp_path)}
    first, second = opened(settings), opened(settings)
    link = await first.publish(PNG, "image/png", "")
    assert (await second.answer(link)).body == PNG
    assert list((tmp_path / "images").iterdir())


async def test_a_link_outlives_the_rotation_of_the_secret(tmp_path: Path) -> None:
    settings = {"IMAGE_STORAGE_TYPE": "local", "IMAGE_STORAGE_DIR": str(tmp_path)}
    link = await opened(settings).publish(PNG, "image/png", "")
    assert (await opened(settings, [b"b" * 44, *SECRETS]).answer(link)).status == 200
    assert (await opened(settings, [b"b" * 44]).answer(link)).status == 404


@pytest.mark.parametrize(
    "settings",
    [
        {"IMAGE_STORAGE_TYPE": "memory", "WORKERS": "2"},
        {"IMAGE_STORAGE_TYPE": "s3"},
        {"IMAGE_STORAGE_TYPE": "qiniu", "QINIU_REGION": "nowhere!"},
        {"IMAGE_STORAGE_TYPE": "tencent", "TENCENT_REGION": "ap-guangzhou"},
    ],
)
def test_what_cannot_work_stops_the_start_with_a_sentence(settings: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=r"IMAGE_STORAGE_TYPE|QINIU_REGION"):
        opened(settings)


async def test_urls_are_fetched_unless_the_operator_forbids_it() -> None:
    media = Media("image/png", url="http://127.0.0.1:9/cat.png")
    request = Request(model="m", turns=(Turn(Role.USER, (media,)),))
    assert await pictures.fetching(load({}, {}, {}), lambda: False)(request) is request
    with pytest.raises(GatewayError) as caught:
        await pictures.fetching(load({}, {}, {}), lambda: True)(request)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
