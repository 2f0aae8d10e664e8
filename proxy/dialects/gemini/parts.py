"""One part of a content: text, thought, call, media, code, or a block that only Gemini knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, assert_never

from msgspec.structs import replace

from proxy import signatures
from proxy.dialects import jsontext, reading, unread
from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import enums, media, results
from proxy.dialects.gemini.fields import ABSENT, GEMINI, PLAIN, Reader, Writer, mine, plain, snake
from proxy.dialects.gemini.ids import Ids
from proxy.errors import invalid
from proxy.ir import (
    Code,
    CodeResult,
    Foreign,
    Media,
    Part,
    Refusal,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)


def usual(value: Any) -> Text | None:
    """The part, if it is a text and nothing else."""
    if type(value) is dict and len(value) == 1:
        text = value.get("text")
        if type(text) is str:
            return Text(text, None, PLAIN)
    return None


def parse(value: Any, path: str, ids: Ids) -> Part:
    """Raises INVALID_REQUEST for a part that Google would refuse, naming the field."""
    reader = Reader(value, path)
    ranks = [_RANKS[key] for key in value if key in _RANKS]
    for rank in sorted(ranks):
        field, build = _KINDS[rank]
        if reader.has(field):
            return build(reader, ids)
    return _other(reader)


def _signature(reader: Reader) -> Signature | None:
    value = reader.string("thoughtSignature")
    if not value:
        return None
    standard = signatures.standard(value)
    if standard != value:
        reader.memo("thoughtSignature", value, standard)
    return Signature(GEMINI, standard)


def _text(reader: Reader, ids: Ids) -> Part:
    text = reader.get("text", reading.text) or ""
    return _said(reader, text)


def _said(reader: Reader, text: str) -> Part:
    thought = reader.get("thought", reading.flag)
    if thought is False:
        reader.memo("thought", False, None)
    signature = _signature(reader)
    kind = Thinking if thought else Text
    return kind(text, signature=signature, opaque=reader.opaque())


def _inline(reader: Reader, ids: Ids) -> Part:
    return media.parse_inline(reader, _signature(reader))


def _file(reader: Reader, ids: Ids) -> Part:
    return media.parse_file(reader, _signature(reader))


def _call(reader: Reader, ids: Ids) -> Part:
    inner = reader.inner("functionCall") or Reader({}, reader.path)
    name = inner.string("name")
    if not name:
        raise invalid(f"{inner.place('name')} is missing", inner.place("name"))
    args = inner.get("args", reading.obj)
    text = "" if args is None else jsontext.encoded(args)
    inner.memo("args", _wire(inner, "args", args), text)
    given = inner.get("id", reading.text)
    call_id = ids.call(given or "", name, text)
    if call_id != given:
        inner.memo("id", _wire(inner, "id", given), call_id)
    signature = _signature(reader)
    return ToolCall(call_id, name, text, signature=signature, opaque=reader.opaque())


def _wire(reader: Reader, name: str, value: Any) -> Any:
    return ABSENT if value is None and not reader.null(name) else value


def _result(reader: Reader, ids: Ids) -> Part:
    return results.parse(reader, ids)


def _code(reader: Reader, ids: Ids) -> Part:
    inner = reader.inner("executableCode") or Reader({}, reader.path)
    language = inner.get("language", enums.word)
    known = "" if language is None else enums.name(language, enums.LANGUAGES).lower()
    if language is not None and language != known.upper():
        inner.memo("language", language, known.upper() or None)
    code, call_id = inner.string("code"), inner.string("id")
    return Code(code, known, call_id, signature=_signature(reader), opaque=reader.opaque())


def _outcome(reader: Reader, ids: Ids) -> Part:
    inner = reader.inner("codeExecutionResult") or Reader({}, reader.path)
    outcome = inner.get("outcome", enums.word)
    good = outcome is None or enums.name(outcome, enums.OUTCOMES) == "OUTCOME_OK"
    inner.memo("outcome", _wire(inner, "outcome", outcome), _OUTCOMES[not good])
    return CodeResult(
        inner.string("output"),
        is_error=not good,
        id=inner.string("id"),
        signature=_signature(reader),
        opaque=reader.opaque(),
    )


_OUTCOMES = {False: "OUTCOME_OK", True: "OUTCOME_FAILED"}


def _other(reader: Reader) -> Part:
    if set(reader.left) <= _BARE:
        # Nothing but flags or a signature: an empty text, spelt without its text.
        reader.memo("text", ABSENT, "")
        return _said(reader, "")
    signature = _signature(reader)
    return replace(unread.unknown(reader.opaque(), reader.path), signature=signature)


_BARE = {"text", "thought", "thoughtSignature", "thought_signature"}

# A part that says two things is the first of them.
_KINDS: tuple[tuple[str, Callable[[Reader, Ids], Part]], ...] = (
    ("text", _text),
    ("functionCall", _call),
    ("functionResponse", _result),
    ("inlineData", _inline),
    ("fileData", _file),
    ("executableCode", _code),
    ("codeExecutionResult", _outcome),
)

_RANKS = {spelt: rank for rank, (field, _) in enumerate(_KINDS) for spelt in (field, snake(field))}


class Render:
    """Writes parts; collects what it cannot say. `ids`: are call ids of other dialects sent;
    `asked`: is this a request to Google, which cannot read every URL."""

    def __init__(self, losses: list[Loss], *, ids: bool = True, asked: bool = True) -> None:
        self.losses = losses
        self._ids = ids
        self._asked = asked

    def part(self, part: Part, signature: str | None, where: str) -> JSON | None:
        """The wire part, None if Gemini has none; `signature` is the one to send with it."""
        match part:
            case Text() | Thinking():
                return _say(part, signature)
            case Refusal():
                self.losses.append(Loss("refusal", where))
                return {"text": part.text} if part.text else None
            case ToolCall():
                return self._call(part, signature, where)
            case Media():
                return self._media(part, signature, where)
            case Code():
                return self._code(part, signature, where)
            case CodeResult():
                return self._ran(part, signature)
            case Foreign():
                return _verbatim(part, signature)
            case ToolResult():
                return results.render(part, part.name or part.call_id, part.call_id)
            case other:
                assert_never(other)

    def _media(self, part: Media, signature: str | None, where: str) -> JSON:
        if part.detail not in ("", "auto"):
            self.losses.append(Loss("detail", where))
        return media.render(part, signature, asked=self._asked, where=where)

    def _call(self, call: ToolCall, signature: str | None, where: str) -> JSON:
        writer = Writer(call.opaque)
        inner = writer.inner("functionCall")
        inner.put("name", call.name)
        if not inner.recall("args", call.arguments):
            inner.put("args", self._args(call, where))
        inner.put("id", call.id if self._ids or mine(call.opaque) else None)
        writer.put("thoughtSignature", signature)
        return writer.done()

    def _args(self, call: ToolCall, where: str) -> JSON:
        if call.custom:
            return {"input": call.arguments}
        args, whole = jsontext.arguments(call.arguments)
        if not whole:
            self.losses.append(Loss("arguments", where))
        return args

    def _code(self, code: Code, signature: str | None, where: str) -> JSON | None:
        if code.language not in ("", "python") and mine(code.opaque) is None:
            self.losses.append(Loss(f"code:{code.language}", where))
            return None
        writer = Writer(code.opaque)
        inner = writer.inner("executableCode")
        language = code.language.upper() or ("PYTHON" if mine(code.opaque) is None else None)
        inner.put("language", language)
        inner.put("code", code.code or None)
        inner.put("id", self._ran_as(code))
        writer.put("thoughtSignature", signature)
        return writer.done()

    def _ran(self, result: CodeResult, signature: str | None) -> JSON:
        writer = Writer(result.opaque)
        inner = writer.inner("codeExecutionResult")
        inner.put("outcome", _OUTCOMES[result.is_error])
        inner.put("output", result.output or None)
        inner.put("id", self._ran_as(result))
        writer.put("thoughtSignature", signature)
        return writer.done()

    def _ran_as(self, part: Code | CodeResult) -> str | None:
        """The id that code and its result share; old models gave none."""
        return part.id if part.id and (self._ids or mine(part.opaque)) else None


def alone(said: Sequence[Part]) -> list[JSON] | None:
    """The wire parts of a turn that is one text without a signature, as most are."""
    if len(said) != 1 or type(part := said[0]) is not Text:
        return None
    usual = part.text and part.signature is None and plain(part.opaque)
    return [{"text": part.text}] if usual else None


def _say(part: Text | Thinking, signature: str | None) -> JSON:
    if type(part) is Text and signature is None and plain(part.opaque):
        return {"text": part.text}
    writer = Writer(part.opaque)
    writer.put("text", part.text)
    writer.put("thought", True if isinstance(part, Thinking) else None)
    writer.put("thoughtSignature", signature)
    return writer.done()


def _verbatim(part: Foreign, signature: str | None) -> JSON | None:
    """A block of another dialect has been reported as lost by `losses.foreign`."""
    if mine(part.opaque) is None:
        return None
    writer = Writer(part.opaque)
    writer.put("thoughtSignature", signature)
    return writer.done()
