"""ZIP files, good ones and such as mean harm."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import archive
from credentials.archive import Member
from credentials.importers import BadFile


def packed(
    *files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, data in files:
            file.writestr(name, data, method)
    return buffer.getvalue()


def changed(data: bytes, field: int, value: int, form: str = "<L", *, local: int = -1) -> bytes:
    """With another value at `field` of the first entry in the directory (and at `local` of its
    own header)."""
    raw = bytearray(data)
    struct.pack_into(form, raw, raw.index(b"PK\x01\x02") + field, value)
    if local >= 0:
        struct.pack_into(form, raw, local, value)
    return bytes(raw)


def linked() -> bytes:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return packed((info, b"/etc/passwd"))


def overlapping() -> bytes:
    """Two names for the same bytes, as in bombs that need no nesting."""
    data = bytearray(packed(("a", b"x" * 100), ("b", b"x" * 100)))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def lying(claimed: int) -> bytes:
    """A file of 1 MB that says it is of `claimed` bytes, with the check sum of its beginning."""
    content = bytes(1 << 20)
    data = packed(("a", content))
    check = zlib.crc32(content[:claimed])
    data = changed(data, 24, claimed, local=22)
    return changed(data, 16, check, local=14)


def forty_two() -> bytes:
    """What a member of 42.zip is like: zeros, packed a thousand times."""
    return packed(("0.dll", bytes(9 << 20)))


def zip64() -> bytes:
    data = packed(("a", b"x"))
    end = data.index(b"PK\x05\x06")
    return data[:end] + b"PK\x06\x07" + bytes(16) + data[end:]


def test_its_files_come_in_order_and_without_folders() -> None:
    data = packed(
        ("creds/", b""),
        ("creds/b.json", b"{}"),
        ("creds/.DS_Store", b"x"),
        ("__MACOSX/creds/._b.json", b"x"),
        ("a.txt", b"key"),
        ("密钥.txt", b"key"),
    )
    assert archive.claims(data)
    assert archive.unpack(data) == [
        Member("creds/b.json", b"{}"),
        Member("a.txt", b"key"),
        Member("密钥.txt", b"key"),
    ]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (forty_two, "grows too much"),
        (overlapping, "lie over each other"),
        (linked, "link"),
        (zip64, "over 4 GB"),
        (lambda: changed(packed(("a", b"x")), 24, 9, local=22), "damaged"),
        (lambda: changed(packed(("a", b"x")), 24, 1 << 30), "larger than 10 MB"),
        (lambda: changed(packed(("a", b"x")), 20, 1 << 30), "damaged"),
        (lambda: changed(packed(("a", b"x")), 8, 1, "<H", local=6), "encrypted"),
        (lambda: changed(packed(("a", b"x")), 10, 99, "<H", local=8), "in a way"),
        (lambda: packed(("a", b"x"), method=zipfile.ZIP_LZMA), "in a way"),
        (lambda: packed(*((f"{n}", b"") for n in range(2_001))), "more than 2000"),
        (lambda: packed(*((f"{n}", bytes(9 << 20)) for n in range(4)), method=0), "than 32 MB"),
        (lambda: packed(("a", b"1"), ("A", b"2")), "twice"),
        (lambda: packed(("a", b"x"))[:-30], "damaged"),
        (lambda: b"PK\x03\x04", "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bomb_is_refused_with_a_sentence(make: Callable[[], bytes], says: str) -> None:
    with pytest.raises(BadFile, match=says):
        archive.unpack(make())


def test_a_file_gives_no_more_than_it_says() -> None:
    assert archive.unpack(lying(100)) == [Member("a", bytes(100))]


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a/../b", "a\\b", "C:a", "a\nb", "a\u202eb", "x" * 256, "./a"]
)
def test_a_name_that_leads_away_is_refused(name: str) -> None:
    with pytest.raises(BadFile, match="leads out of it"):
        archive.unpack(packed((name, b"x")))


def test_a_small_file_may_grow_as_it_likes() -> None:
    assert archive.unpack(packed(("a", bytes(60_000))))[0].data == bytes(60_000)


@pytest.mark.parametrize("data", [b"\x1f\x8b\x08", b"Rar!\x1a", b"7z\xbc\xaf", packed(("a", b""))])
def test_it_knows_archives_of_all_kinds(data: bytes) -> None:
    assert archive.packed(data)
    assert not archive.packed(b"{}")


def test_a_member_does_not_show_its_content() -> None:
    assert repr(Member("a", b"planted")) == "<Member 'a', 7 bytes>"


@given(st.data())
def test_whatever_is_broken_in_it_it_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(packed(("a.json", b"{}" * 50), ("b.txt", b"key-0001"), ("c/", b"")))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadFile):
        assert sum(len(member.data) for member in archive.unpack(bytes(raw))) <= archive.TOTAL
