"""Which conversation a request belongs to, as far as its headers and body tell. Pure.

Calls of one conversation are worth sending to the same credential: prompt caches are kept there,
and a model's signatures are good there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

HEADERS = ("x-claude-code-session-id", "session-id", "session_id", "thread-id")
"""Claude Code; Codex, its older versions, and its conversations within a session."""

_LARGEST = 512 * 1024
_TEXT = 4_096
_ID = 512
_TURNS = 8
_BLOCKS = 16

# Claude Code's first block of system text changes with every question.
_CHANGING = re.compile(r"x-anthropic-billing-header:")


class _Metadata(msgspec.Struct):
    user_id: Any = ""


class _Body(msgspec.Struct):
    """What may be in a body of any dialect; anything else is skipped, not built."""

    prompt_cache_key: Any = ""
    session_id: Any = ""
    metadata: msgspec.Raw = msgspec.Raw()
    safety_identifier: Any = ""
    user: Any = ""
    request: msgspec.Raw = msgspec.Raw()
    system: msgspec.Raw = msgspec.Raw()
    instructions: msgspec.Raw = msgspec.Raw()
    system_instruction: msgspec.Raw = msgspec.Raw()
    system_camel: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="systemInstruction")
    messages: msgspec.Raw = msgspec.Raw()
    contents: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()


class _Turn(msgspec.Struct):
    role: Any = ""
    content: msgspec.Raw = msgspec.Raw()
    parts: msgspec.Raw = msgspec.Raw()


class _Text(msgspec.Struct):
    text: Any = ""


_body = msgspec.json.Decoder(_Body)
_metadata = msgspec.json.Decoder(_Metadata)
_turn = msgspec.json.Decoder(_Turn)
_text = msgspec.json.Decoder(_Text)
_items = msgspec.json.Decoder(list[msgspec.Raw])
_string = msgspec.json.Decoder(str)


def session_of(headers: Mapping[str, str], body: bytes, *, owner: str = "") -> str:
    """A short hash that is the same for all calls of one conversation, "" where nothing tells.

    `headers` have lower-case names. `owner` keeps the conversations of different callers apart
    (a key's id). What a client says itself counts first: a session in a header, then
    `prompt_cache_key`, `session_id` (Code Assist) or `metadata.user_id` (Claude Code puts its
    session in it). Else it is the system text with the first words of the user, and whom the
    client names as `safety_identifier` or `user`. A body over 512 KiB is not looked into, nor one
    that cannot be read: whoever answers it says what is wrong.
    """
    for name in HEADERS:
        if said := headers.get(name):
            return _hashed(owner, "header", said[:_ID])
    if not body or len(body) > _LARGEST:
        return ""
    try:
        return _within(_body.decode(body), owner)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""


def _within(body: _Body, owner: str) -> str:
    if body.request:
        # Code Assist's envelope.
        body = _body.decode(body.request)
    told = (
        ("cache", body.prompt_cache_key),
        ("session", body.session_id),
        ("user_id", _metadata.decode(body.metadata).user_id if _object(body.metadata) else ""),
    )
    for kind, value in told:
        if isinstance(value, str) and value:
            return _hashed(owner, kind, value[:_ID])
    person = next((n for n in (body.safety_identifier, body.user) if isinstance(n, str) and n), "")
    system = body.system or body.instructions or body.system_instruction or body.system_camel
    words = [*_words(system), *_opening(body.messages or body.contents or body.input)]
    if not words and not person:
        return ""
    return _hashed(owner, "words", person[:_ID], *words)


def _opening(turns: msgspec.Raw) -> Iterable[str]:
    """The texts up to and with the first of the user; later turns are not looked at."""
    if _first(turns) != b"[":
        yield from _words(turns)
        return
    for raw in _items.decode(turns)[:_TURNS]:
        turn = _turn.decode(raw) if _object(raw) else _Turn()
        yield from _words(turn.content or turn.parts)
        # Gemini lets a single turn go without its role.
        if turn.role in ("user", ""):
            return


def _words(value: msgspec.Raw) -> Iterable[str]:
    """The texts in a string, in a list of blocks or parts, or in an object with `parts`.

    Not the bytes around them: clients move their cache marks from turn to turn.
    """
    match _first(value):
        case b'"':
            yield _string.decode(value)[:_TEXT]
        case b"[":
            for block in _items.decode(value)[:_BLOCKS]:
                text = _text.decode(block).text if _object(block) else ""
                if isinstance(text, str) and text and not _CHANGING.match(text):
                    yield text[:_TEXT]
        case b"{":
            yield from _words(_turn.decode(value).parts)


def _object(value: msgspec.Raw) -> bool:
    return _first(value) == b"{"


def _first(value: msgspec.Raw) -> bytes:
    return bytes(memoryview(value)[:1])


def _hashed(*parts: str) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(raw) + raw)
    return digest.hexdigest()
