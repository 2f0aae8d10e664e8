"""Forms (`multipart/form-data`, RFC 7578) of `/v1/images/edits`, to and from the dialect's JSON.

A file becomes a data URL, and a data URL in one of the file fields a file again: the same bytes,
the same type, the same name. Read by `bytes.split`: the standard library's parser of mail goes
through a picture line by line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from proxy.dialects.base import JSON
from proxy.errors import invalid
from proxy.media import kinds

_MOST = 64
_HEAD = 8_192
_FILES = ("image", "mask", "markup")
_NUMBERS = frozenset(
    {"n", "partial_images", "output_compression", "frame_count", "frame_duration_ms"}
)
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_NOTHING = frozenset({b"null", b'""', b"[]", b"{}"})
_UNTYPED = frozenset({"", "application/octet-stream"})

_encode = msgspec.json.Encoder().encode


def read(body: bytes, content_type: str) -> bytes:
    """A form's fields as JSON; any other body as it is. Raises INVALID_REQUEST."""
    if kinds.essence(content_type) != "multipart/form-data":
        return body
    fields: JSON = {}
    for name, value, listed in _parts(body, content_type):
        if listed or (name == "image" and name in fields):
            before = fields.get(name, [])
            fields[name] = [*(before if isinstance(before, list) else [before]), value]
        elif name in fields:
            raise invalid(f"The form has the field `{name}` twice.", name)
        else:
            fields[name] = value
    return _encode(fields)


def _parts(body: bytes, content_type: str) -> Iterator[tuple[str, Any, bool]]:
    """(name, value, whether it is one of a list) of every field."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary("")
    if not boundary or len(boundary) > 200 or not boundary.isascii():
        raise invalid("The form's content-type has no usable boundary.")
    line = b"\r\n--" + boundary.encode()
    _, *parts = (b"\r\n" + body).split(line, _MOST + 1)
    if len(parts) > _MOST:
        raise invalid(f"A form may have {_MOST - 1} fields.")
    if not parts or not parts[-1].startswith(b"--"):
        raise invalid("The form is cut off: its closing boundary is missing.")
    for part in parts[:-1]:
        yield _field(part)


def _field(part: bytes) -> tuple[str, Any, bool]:
    gap, _, rest = part.partition(b"\r\n")
    head, blank, content = rest.partition(b"\r\n\r\n")
    if gap.strip(b" \t") or not blank or len(head) > _HEAD:
        raise invalid("A field of the form cannot be read.")
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace"))
    found = headers.get_param("name", header="content-disposition")
    if not isinstance(found, str) or not found:
        raise invalid("A field of the form has no name.")
    name = found.removesuffix("[]")
    file = headers.get_filename()
    if file is None:
        return name, _value(name, content), name != found
    declared = kinds.essence(headers.get("content-type", ""))
    if declared in _UNTYPED:
        declared = kinds.sniffed(content) or "application/octet-stream"
    label = f";name={quote(file, safe='')}" if file else ""
    data = base64.b64encode(content).decode("ascii")
    return name, f"data:{declared}{label};base64,{data}", name != found


def _value(name: str, content: bytes) -> str | int | bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise invalid(f"{name} must be UTF-8 text", name) from None
    if name in _NUMBERS and text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    return _FLAGS.get(text.lower(), text) if name == "stream" else text


class _Pictured(msgspec.Struct):
    image: msgspec.Raw = msgspec.Raw(b"null")
    images: msgspec.Raw = msgspec.Raw(b"null")


_pictured = msgspec.json.Decoder(_Pictured).decode


def edits(verb: str, body: bytes) -> bool:
    """Whether the question belongs to `/images/edits`: by the caller's path, else because it holds
    an image."""
    if verb:
        return verb == "edits"
    found = _pictured(body)
    return any(bytes(each) not in _NOTHING for each in (found.image, found.images))


class _File(NamedTuple):
    name: str
    mime: str
    data: bytes


def write(body: bytes) -> tuple[bytes, str]:
    """A question that holds its images, as the form that every service of edits takes, with its
    content type; one that names them in OpenAI's or xAI's JSON stays JSON."""
    fields = msgspec.json.decode(body, type=JSON)
    image = fields.get("image")
    items = image if isinstance(image, list) else [image]
    if not image or not all(isinstance(item, str) for item in items):
        return body, "application/json"
    # Nobody can write a body that holds its own digest.
    boundary = f"potluck-{hashlib.sha256(body).hexdigest()[:40]}"
    out: list[bytes] = []
    for name, value in fields.items():
        for label, item in _flat(name, value):
            out += [b"--", boundary.encode(), b"\r\n", *_part(label, item, name in _FILES)]
    out.append(f"--{boundary}--\r\n".encode())
    return b"".join(out), f"multipart/form-data; boundary={boundary}"


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The fields of a value: `image[]` for each of a list, `svg[model]` for a member."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(f"{name}[]", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{name}[{key}]", item)
    elif isinstance(value, str):
        yield name, value
    elif value is not None:
        yield name, _encode(value).decode()


def _part(name: str, value: str, may_be_file: bool) -> list[bytes]:
    head = f'content-disposition: form-data; name="{_quoted(name)}"'
    file = _file(name, value) if may_be_file else None
    if file is None:
        return [head.encode(), b"\r\n\r\n", value.encode(), b"\r\n"]
    head += f'; filename="{_quoted(file.name)}"\r\ncontent-type: {_quoted(file.mime)}'
    return [head.encode(), b"\r\n\r\n", file.data, b"\r\n"]


def _file(name: str, value: str) -> _File | None:
    head, comma, data = value.partition(",")
    if head[:5].lower() != "data:" or not comma or not head.lower().endswith(";base64"):
        return None
    mime, *details = head[5:-7].split(";")
    try:
        content = base64.b64decode(data)
    except (binascii.Error, ValueError):
        raise invalid(f"{name} is not valid base64", name) from None
    label = next((unquote(each[5:]) for each in details if each.startswith("name=")), "")
    mime = mime or kinds.sniffed(content) or "image/png"
    kind = mime.partition("/")[2] or "png"
    return _File(label or f"{name.removesuffix('[]')}.{kind}", mime, content)


def _quoted(text: str) -> str:
    """As browsers write it: https://html.spec.whatwg.org/#multipart-form-data."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
