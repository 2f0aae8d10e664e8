"""Names of stored files."""

from __future__ import annotations

import pytest

from proxy.images import names


@pytest.mark.parametrize(
    ("mime", "extension", "said"),
    [
        ("image/png", "png", "image/png"),
        ("Image/JPEG; q=1", "jpg", "image/jpeg"),
        ("image/jpg", "jpg", "image/jpeg"),
        ("image/svg+xml", "svg", "image/svg+xml"),
        ("text/html", "bin", "application/octet-stream"),
        ("../../etc", "bin", "application/octet-stream"),
        ("", "bin", "application/octet-stream"),
    ],
)
def test_the_extension_tells_the_type(mime: str, extension: str, said: str) -> None:
    name = names.mint(mime)
    assert name.endswith("." + extension)
    assert names.is_name(name)
    assert names.mime_of(name) == said


def test_nobody_can_guess_a_name() -> None:
    assert len({names.mint("image/png") for _ in range(100)}) == 100
    assert len(names.mint("image/png").partition(".")[0]) == 32


@pytest.mark.parametrize(
    "text",
    ["", "a.png", "../" + "0" * 32 + ".png", "0" * 32 + ".html", "0" * 32 + ".png\n", "0" * 32],
)
def test_nothing_else_is_a_name(text: str) -> None:
    assert not names.is_name(text)


def test_a_picture_with_scripts_is_no_raster() -> None:
    assert names.is_raster(names.mint("image/webp"))
    assert not names.is_raster(names.mint("image/svg+xml"))
    assert not names.is_raster(names.mint("application/pdf"))
