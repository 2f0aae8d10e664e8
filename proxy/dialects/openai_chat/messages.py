"""The messages of a request, parsed into turns.

Chat says in parallel fields what a turn says in order: reasoning, content, refusal, pictures,
calls. That is also the order in which they are folded in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import calls, content, details, keeping, media, signatures
from proxy.dialects.openai_chat.keeping import Keep
from proxy.dialects.reading import array, get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import (
    Opaque,
    Part,
    Refusal,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

_SPOKEN = frozenset({"role", "content"})
_TOOL = frozenset({"role", "content", "tool_call_id", "name"})
_FUNCTION = frozenset({"role", "content", "name"})
_DETAILS = "reasoning_details"
_THOUGHTS = ("reasoning_content", "reasoning")
_MODEL = frozenset(
    {"role", "content", "refusal", "tool_calls", "function_call", "images", *_THOUGHTS}
)

_PLAIN = {"system": Role.SYSTEM, "user": Role.USER, "assistant": Role.MODEL}
_BARE = Opaque(keeping.ORIGIN)
_RESULT = Opaque(keeping.ORIGIN, shape={"role": "tool"})


def parse(body: JSON) -> tuple[Turn, ...]:
    messages = need(body, "messages", array, "")
    if not messages:
        raise invalid("messages must hold at least one message", "messages")
    turns = []
    for number, message in enumerate(messages):
        turn = _plain(message) if type(message) is dict else None
        if turn is None:
            path = place("messages", number)
            turn = _turn(obj(message, path), path)
        turns.append(turn)
    return tuple(turns)


def _plain(message: JSON) -> Turn | None:
    """A message that is a role and a text, as nearly all are; None if it is more than that."""
    said, role = message.get("content"), message.get("role")
    if type(said) is not str or not said or type(role) is not str:
        return None
    if len(message) == 2 and role in _PLAIN:
        return Turn(_PLAIN[role], (Text(said),), _BARE)
    id = message.get("tool_call_id")
    if len(message) == 3 and role == "tool" and type(id) is str and id:
        return Turn(Role.USER, (ToolResult(id, (Text(said),)),), _RESULT)
    return None


def _turn(message: JSON, path: str) -> Turn:
    role = need(message, "role", text, path)
    reader = _READERS.get(role)
    if reader is None:
        known = ", ".join(_READERS)
        raise invalid(f"{path}.role must be one of {known}", f"{path}.role")
    keep = Keep()
    if form := content.form(message):
        keep.shape["content"] = form
    role_, parts = reader(message, path, keep)
    if role not in ("system", "user", "assistant"):
        keep.shape["role"] = role
    return Turn(role_, parts, keep.mark())


def _system(message: JSON, path: str, keep: Keep) -> tuple[Role, tuple[Part, ...]]:
    keep.rest(message, _SPOKEN)
    return Role.SYSTEM, content.parse(message.get("content"), place(path, "content"))


def _user(message: JSON, path: str, keep: Keep) -> tuple[Role, tuple[Part, ...]]:
    keep.rest(message, _SPOKEN)
    return Role.USER, content.parse(message.get("content"), place(path, "content"))


def _tool(message: JSON, path: str, keep: Keep) -> tuple[Role, tuple[Part, ...]]:
    keep.rest(message, _TOOL)
    parts = content.parse(message.get("content"), place(path, "content"))
    id = need(message, "tool_call_id", text, path)
    return Role.USER, (ToolResult(id, parts, get(message, "name", text, path, "")),)


def _function(message: JSON, path: str, keep: Keep) -> tuple[Role, tuple[Part, ...]]:
    keep.rest(message, _FUNCTION)
    parts = content.parse(message.get("content"), place(path, "content"))
    return Role.USER, (ToolResult("", parts, need(message, "name", text, path)),)


def _assistant(message: JSON, path: str, keep: Keep) -> tuple[Role, tuple[Part, ...]]:
    said: list[Part] = [*_thoughts(message, path)]
    if message.get("content") != "":
        said += content.parse(message.get("content"), place(path, "content"))
    if refusal := get(message, "refusal", text, path, ""):
        said.append(Refusal(refusal))
    said += _images(message, path)
    for number, call in enumerate(get(message, "tool_calls", array, path) or ()):
        said.append(calls.parse(call, place(f"{path}.tool_calls", number)))
    if message.get("function_call") is not None:
        said.append(calls.parse_legacy(message["function_call"], place(path, "function_call")))
    if _DETAILS in message:
        _prove(message[_DETAILS], said)
    message = _signed(message, said, keep)
    keep.rest(message, _MODEL)
    return Role.MODEL, tuple(said)


_Reader = Callable[[JSON, str, Keep], tuple[Role, tuple[Part, ...]]]
_READERS: dict[str, _Reader] = {
    "system": _system,
    "developer": _system,
    "user": _user,
    "assistant": _assistant,
    "tool": _tool,
    "function": _function,
}


def _images(message: JSON, path: str) -> Iterator[Part]:
    """`images` is where OpenRouter, and this gateway, put a model's pictures."""
    for number, item in enumerate(get(message, "images", array, path) or ()):
        where = place(f"{path}.images", number)
        image = obj(item, where)
        if image.get("type") != "image_url":
            raise invalid(f"{where}.type must be image_url", f"{where}.type")
        yield media.parse(image, "image_url", where, field="images")


def _thoughts(message: JSON, path: str) -> Iterator[Thinking]:
    """Reasoning that the client echoes: text fields of two names, and OpenRouter's details."""
    keep = Keep()
    said = {name: get(message, name, text, path, "") for name in _THOUGHTS}
    names = [name for name in _THOUGHTS if said[name]]
    proofs = message.get(_DETAILS)
    if _DETAILS in message:
        keep.data[_DETAILS] = proofs
    if not names and not keep.data:
        return
    spoken = said[names[0]] if names else "".join(_told(proofs))
    for name in names[1:]:
        if said[name] != spoken:
            keep.data[name] = said[name]
    keep.shape["fields"] = [name for name in names if name not in keep.data]
    yield Thinking(spoken, _proof(proofs), keep.mark())


def _told(proofs: Any) -> Iterator[str]:
    for detail in proofs if isinstance(proofs, list) else ():
        value = detail.get("text") if isinstance(detail, dict) else None
        if isinstance(value, str):
            yield value


def _proof(said: Any) -> Signature | None:
    """The maker's signature, when it is the proof of the one thought there is."""
    if not isinstance(said, list) or len(said) != 1 or not isinstance(said[0], dict):
        return None
    return details.proof(said[0])


def _prove(proofs: Any, said: list[Part]) -> None:
    """Gives Gemini's signatures in encrypted details to the parts that they belong to."""
    found = [(detail, proof) for detail in _list(proofs) if (proof := details.sealed(detail))]
    for detail, proof in found:
        at = _owner(details.owner(detail), said, alone=len(found) == 1)
        if at is not None:
            said[at] = _with(said[at], proof, {"slot": _DETAILS})


def _owner(id: str, said: list[Part], *, alone: bool) -> int | None:
    """The unsigned part that a proof belongs to: the call it names, the only call, or the last
    text or thought."""
    places = [n for n, part in enumerate(said) if isinstance(part, ToolCall)]
    if not places and alone:
        places = [n for n, part in enumerate(said) if isinstance(part, Text | Thinking)][-1:]
    elif id:
        places = [n for n in places if getattr(said[n], "id", "") == id]
    free = [n for n in places if getattr(said[n], "signature", None) is None]
    return free[0] if len(places) == len(free) == 1 else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _with(part: Part, signature: Signature, spelt: JSON) -> Part:
    """The part with a signature that was said elsewhere in the message."""
    shape = {**keeping.shape(part.opaque), **spelt}
    opaque = Opaque(keeping.ORIGIN, keeping.data(part.opaque), shape)
    changed: Part = replace(part, signature=signature, opaque=opaque)
    return changed


def _signed(message: JSON, said: list[Part], keep: Keep) -> JSON:
    """Gives a message's own Gemini signature to its first call, else to its last text."""
    wire, bare = signatures.find(message), signatures.bare(message)
    if wire is None and bare is None:
        return message
    at = _bearer(said)
    if at is None:
        return message
    told = wire or bare or ""
    spelt = {**signatures.spelt(told), "slot": "message" if wire else "bare"}
    said[at] = _with(said[at], signatures.read(told), spelt)
    if bare == told:
        if wire:
            keep.shape["twice"] = True
        message = {key: value for key, value in message.items() if key != "thought_signature"}
    return keeping.without(message, signatures.SLOT) if wire else message


def _bearer(said: list[Part]) -> int | None:
    for number, part in enumerate(said):
        if isinstance(part, ToolCall):
            return None if part.signature is not None else number
    texts = [number for number, part in enumerate(said) if isinstance(part, Text)]
    return texts[-1] if texts else None
