"""ZIP files of credentials, unpacked in memory and within limits. Pure.

An archive is taken whole or refused with a sentence, before anything of it is used.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from credentials.importers.entry import BadFile

MEMBERS = 2_000
TOTAL = 32 << 20
"""Bytes of all members, unpacked."""
LARGEST = 10 << 20
"""Bytes of one."""
RATIO = 100
"""Times that a member may grow when it is unpacked. JSON grows five to twenty times."""
_SMALL = 64 << 10
"""A member that unpacks to less may grow as it likes."""

_CHUNK = 64 << 10
_HEADER = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SEALED = 0x1 | 0x40
_ZIP64 = b"PK\x06\x07"
_DRIVE = re.compile(r"[A-Za-z]:")
_SIGNATURES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, NotImplementedError, ValueError, OSError),
)


class Member(NamedTuple):
    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"<Member {self.name!r}, {len(self.data)} bytes>"


def claims(data: bytes) -> bool:
    """Whether it is a ZIP file by its first bytes."""
    return data.startswith(_SIGNATURES[:2])


def packed(data: bytes) -> bool:
    """Whether it is an archive or compressed file of any kind that is known here."""
    return data.startswith(_SIGNATURES)


def unpack(data: bytes) -> list[Member]:
    """The files in it, in its order. Raises BadFile."""
    if _ZIP64 in data[-(65_536 + 64) :]:
        raise BadFile("The ZIP file is in the form for archives over 4 GB: pack it anew.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            wanted = _checked(archive.infolist(), len(data))
            return _read(archive, wanted)
    except _BROKEN:
        raise BadFile("The ZIP file is damaged, or its sizes are not what they say.") from None


def _checked(infos: Sequence[zipfile.ZipInfo], size: int) -> list[zipfile.ZipInfo]:
    """Without folders and what macOS adds. By what the directory says; `_read` counts again."""
    if len(infos) > MEMBERS:
        raise BadFile("The ZIP file has more than %(count)d files.", count=MEMBERS)
    _apart(infos, size)
    names: set[str] = set()
    for info in infos:
        _member(info)
        if info.filename.casefold() in names:
            raise BadFile("The ZIP file has the same name twice.")
        names.add(info.filename.casefold())
    if sum(info.file_size for info in infos) > TOTAL:
        raise _too_much()
    return [info for info in infos if not info.is_dir() and not _extra(info.filename)]


def _member(info: zipfile.ZipInfo) -> None:
    if not _plain(info.filename):
        raise BadFile("The ZIP file has a name that leads out of it, or that cannot be shown.")
    if info.flag_bits & _SEALED:
        raise BadFile("The ZIP file is encrypted: unpack it, and bring what is in it.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadFile("The ZIP file holds a link or a device, not only files.")
    if info.compress_type not in _METHODS:
        raise BadFile("The ZIP file is compressed in a way that is not read here: pack it anew.")
    if info.file_size > LARGEST:
        raise BadFile("A file in the ZIP file is larger than %(size)d MB.", size=LARGEST >> 20)
    if info.file_size > _SMALL and info.file_size > RATIO * max(info.compress_size, 1):
        raise BadFile("A file in the ZIP file grows too much when it is unpacked.")


def _plain(name: str) -> bool:
    parts = name.split("/")
    return (
        0 < len(name) <= 255
        and name.isprintable()
        and "\\" not in name
        and not name.startswith("/")
        and not _DRIVE.match(name)
        and not {"..", "."}.intersection(parts)
    )


def _apart(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Entries that share their bytes unpack to more than any one of them admits."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise BadFile("The ZIP file has entries that lie over each other.")
        end = info.header_offset + _HEADER + len(info.orig_filename) + info.compress_size
    if end > size:
        raise zipfile.BadZipFile


def _extra(name: str) -> bool:
    """What macOS puts beside files, and no one else wants."""
    last = name.rpartition("/")[2]
    return name.startswith("__MACOSX/") or last.startswith("._") or last == ".DS_Store"


def _read(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo]) -> list[Member]:
    left, members = TOTAL, []
    for info in infos:
        content = bytearray()
        with archive.open(info) as file:
            while chunk := file.read(_CHUNK):
                content += chunk
                if len(content) > min(left, LARGEST):
                    raise _too_much()
        if len(content) != info.file_size:
            raise zipfile.BadZipFile
        left -= len(content)
        members.append(Member(info.filename, bytes(content)))
    return members


def _too_much() -> BadFile:
    return BadFile("The ZIP file unpacks to more than %(size)d MB.", size=TOTAL >> 20)
