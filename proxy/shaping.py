"""What the operator wants changed in every request before it is sent. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from proxy.dialects.base import Loss
from proxy.ir import Media, Part, Request, Role, ToolResult, Turn


class Images(enum.StrEnum):
    """Which images of a conversation are sent: HISTORY_IMAGE_SUBMIT_TYPE."""

    LAST = "last"
    ALL = "all"


def history_images(request: Request, which: Images) -> tuple[Request, list[Loss]]:
    """LAST sends the images of the last user turn that has any, and what came after it. Where no
    user turn has one, the last turn that has any counts: "make it blue" needs the picture that
    the model drew.

    Every image left out is a Loss. A turn that was nothing but images goes as a whole; a tool's
    result stays, as its call must be answered.
    """
    newest = _newest(request.turns) if which is Images.LAST else 0
    if not newest:
        return request, []
    losses: list[Loss] = []
    turns: list[Turn] = []
    for number, turn in enumerate(request.turns):
        if number >= newest or not _pictured(turn):
            turns.append(turn)
        elif parts := tuple(_bare(turn.parts, f"turns[{number}]", losses)):
            turns.append(replace(turn, parts=parts))
    return (replace(request, turns=tuple(turns)), losses) if losses else (request, [])


def _newest(turns: Sequence[Turn]) -> int:
    """The first turn whose images are sent."""
    pictured = [number for number, turn in enumerate(turns) if _pictured(turn)]
    asked = [number for number in pictured if turns[number].role is Role.USER]
    return (asked or pictured or [0])[-1]


def _pictured(turn: Turn) -> bool:
    return any(map(_is_image, _flat(turn.parts)))


def _flat(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        if isinstance(part, ToolResult):
            yield from _flat(part.parts)


def _is_image(part: Part) -> bool:
    if not isinstance(part, Media):
        return False
    mime = part.mime_type
    if not mime and part.url[:5].lower() == "data:":
        mime = part.url[5:].lstrip()
    # Dialects name the type of everything but an image that is given by its address.
    return mime.lower().startswith("image/") or not (mime or part.name)


def _bare(parts: Iterable[Part], where: str, losses: list[Loss]) -> Iterator[Part]:
    for number, part in enumerate(parts):
        place = f"{where}.parts[{number}]"
        if _is_image(part):
            losses.append(Loss("images", place))
        elif isinstance(part, ToolResult):
            yield replace(part, parts=tuple(_bare(part.parts, place, losses)))
        else:
            yield part


def as_user_turns(request: Request) -> Request:
    """System turns become user turns at their place, for models that take no system text:
    COMPATIBILITY_MODE."""
    if not any(turn.role is Role.SYSTEM for turn in request.turns):
        return request
    turns = tuple(
        replace(turn, role=Role.USER) if turn.role is Role.SYSTEM else turn
        for turn in request.turns
    )
    return replace(request, turns=turns)
