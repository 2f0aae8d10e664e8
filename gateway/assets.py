"""Style sheets and pictures, served by the gateway itself: no second server, no build step.

Every link carries a fingerprint of the content, so browsers may keep the file for ever. A style
sheet that begins with `@import "other.css";` lines is served with those sheets in their place: a
page asks once for what every page needs.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=60"
_IMPORT = re.compile(r'^@import "([\w-]+\.css)";\n', re.MULTILINE)


class Asset(NamedTuple):
    """`packed`: the same for browsers that unpack gzip; empty where it would not be smaller."""

    body: bytes
    packed: bytes
    content_type: str
    fingerprint: str


class Storage(StaticFilesStorage):
    """`{% static 'css/site.css' %}` → `/static/css/site.css?v=1a2b3c4d`."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        asset = find(name or "")
        return f"{address}?{urlencode({'v': asset.fingerprint})}" if asset else address


@require_safe
def serve(request: HttpRequest, path: str) -> HttpResponse:
    asset = find(path)
    if asset is None:
        raise Http404
    current = request.GET.get("v") == asset.fingerprint
    headers = {"Cache-Control": _FOREVER if current else _BRIEFLY, "Vary": "Accept-Encoding"}
    packed = asset.packed if "gzip" in request.headers.get("Accept-Encoding", "") else b""
    if packed:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(packed or asset.body, content_type=asset.content_type, headers=headers)


def find(name: str) -> Asset | None:
    """None for what is not there, which goes for any name that leaves the static folders."""
    try:
        found = finders.find(name)
    except (ValueError, SuspiciousFileOperation):
        return None
    if not isinstance(found, str) or not Path(found).is_file():
        return None
    files = _files(found, Path(found).stat().st_mtime_ns)
    return _load(files, tuple(Path(each).stat().st_mtime_ns for each in files))


# `changed`, nanoseconds, is part of the caches' keys only: an edited file is read again.


@functools.lru_cache(maxsize=256)
def _files(path: str, changed: int) -> tuple[str, ...]:
    """The file itself, then the sheets that it imports."""
    if not path.endswith(".css"):
        return (path,)
    names = _IMPORT.findall(Path(path).read_text(encoding="utf-8"))
    return (path, *(str(Path(path).with_name(name)) for name in names))


@functools.lru_cache(maxsize=256)
def _load(files: tuple[str, ...], changed: tuple[int, ...]) -> Asset:
    path, *imported = files
    body = Path(path).read_bytes()
    if imported:
        own = _IMPORT.sub("", body.decode())
        body = b"\n".join([*(Path(each).read_bytes() for each in imported), own.encode()])
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    packed = gzip.compress(body, mtime=0)
    smaller = packed if len(packed) < len(body) else b""
    return Asset(body, smaller, kind + charset, hashlib.sha256(body).hexdigest()[:8])
