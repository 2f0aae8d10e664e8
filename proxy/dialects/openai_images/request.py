"""The body of `POST /v1/images/generations` and `/v1/images/edits`, to and from `ir.Request`.

An edit is a question with images. What only a service of this dialect can do (several images at
once, a mask, a transparent background) is kept for it, and others refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import foreign, unique
from proxy.dialects.openai_images import files, keeping, size
from proxy.dialects.reading import flag, get, integer, need, text
from proxy.errors import invalid
from proxy.ir import (
    Choice,
    Format,
    Media,
    Opaque,
    Output,
    Request,
    Role,
    Sampling,
    Text,
    Turn,
)

_TOP = frozenset({"model", "prompt", "stream", "size", "response_format", "n", *files.FIELDS})

# What these ask for is what any model does.
_USUAL: JSON = {
    "background": ("auto", "opaque"),
    "quality": ("auto",),
    "moderation": ("auto",),
    "output_compression": (100,),
    "partial_images": (0,),
}

_ONE = "Ask for one image at a time: this model draws one per question."
_STREAMED = "Leave `response_format` out: a stream brings its images as b64_json."
_ADVICE = {
    "mask": "Leave `mask` out and say in the prompt what to change: this model takes no mask.",
    "markup": "Leave `markup` out and say in the prompt what to change: this model takes none.",
}
_VALUES = {
    ("background", "transparent"): "Leave `background` out: this model draws no transparency.",
    ("output_format", "gif"): "Leave `output_format` out: this model draws no animations.",
    ("output_format", "svg"): "Leave `output_format` out: this model draws no vector graphics.",
}


def parse(body: JSON, model: str = "") -> Request:
    """`model` counts only where the body names none (Azure says it in the path)."""
    said = {key: value for key, value in body.items() if not keeping.void(value)}
    shape: JSON = {"empty": {key: value for key, value in body.items() if key not in said}}
    only: dict[str, tuple[Any, str]] = dict(_only(said))
    pictures = files.parse(said, shape, only)
    streamed = get(body, "stream", flag, "", False)
    if body.get("stream") is False:
        shape["empty"]["stream"] = False
    _count(said, shape, only)
    _format(said, shape, only, stream=streamed)
    usual = {key for key, values in _USUAL.items() if key in said and said[key] in values}
    shape["empty"] |= {key: said[key] for key in usual}
    data = {key: value for key, value in said.items() if key not in _TOP | usual}
    output = _output(said, shape, data)
    data |= {field: value for field, (value, _) in only.items()}
    if "model" not in body and model:
        shape["unnamed"] = True
    prompt = need(body, "prompt", text, "")
    advice = {field: words for field, (_, words) in only.items()}
    return Request(
        model=get(body, "model", text, "") or model,
        turns=(Turn(Role.USER, (Text(prompt), *pictures)),),
        output=output,
        stream=streamed,
        opaque=Opaque(keeping.ORIGIN, data, shape, advice),
    )


def _only(said: JSON) -> Iterator[tuple[str, tuple[Any, str]]]:
    for field, words in _ADVICE.items():
        if field in said:
            yield field, (said[field], words)
    for (field, value), words in _VALUES.items():
        if said.get(field) == value:
            yield field, (value, words)


def _count(said: JSON, shape: JSON, only: JSON) -> None:
    count = get(said, "n", integer, "")
    if count is not None and count < 1:
        raise invalid("n must be 1 or more", "n")
    if count == 1:
        shape["empty"]["n"] = said["n"]
    elif count is not None:
        only["n"] = said["n"], _ONE


def _format(said: JSON, shape: JSON, only: JSON, *, stream: bool) -> None:
    format = get(said, "response_format", text, "")
    if format not in (None, "url", "b64_json"):
        raise invalid("response_format must be `url` or `b64_json`", "response_format")
    if format == "url" and stream:
        only["response_format"] = format, _STREAMED
    elif format is not None:
        shape["response_format"] = format


def _output(said: JSON, shape: JSON, data: JSON) -> Output:
    asked = get(said, "size", text, "", "")
    meant = size.read(asked)
    if asked and meant.exact:
        shape["size"] = asked
    elif asked:
        # The nearest that another model has is another size, and the caller is told so.
        data["size"] = asked
    return Output(modalities=("text", "image"), aspect_ratio=meant.ratio, image_size=meant.size)


def render(request: Request) -> Rendered:
    """Raises INVALID_REQUEST for what is no single prompt, perhaps with images."""
    shape, own = keeping.shape(request.opaque), keeping.native(request.opaque)
    losses = list(foreign(request, keeping.ORIGIN))
    body: JSON = {} if shape.get("unnamed") else {"model": request.model}
    if not own:
        _refuse(request, losses)
    body["prompt"] = _prompt(request.turns, losses)
    files.render(_pictures(request.turns), shape, body)
    if "response_format" in shape:
        body["response_format"] = shape["response_format"]
    if request.sampling.n is not None:
        body["n"] = request.sampling.n
    if request.stream:
        body["stream"] = True
    body = keeping.restore(body, request.opaque)
    _resize(body, request.output or Output(), shape, losses)
    return Rendered(body, unique(losses))


def _resize(body: JSON, output: Output, shape: Any, losses: list[Loss]) -> None:
    """The size as it came, unless a name such as `model-16x9` has said another since."""
    before = body.pop("size", shape.get("size", ""))
    said = size.read(before if isinstance(before, str) else "")
    if (said.ratio, said.size) != (output.aspect_ratio, output.image_size):
        before = size.write(output.aspect_ratio, output.image_size)
        if not before:
            losses.append(Loss("image_size"))
    if before or (keeping.void(before) and "size" in shape.get("empty", {})):
        body["size"] = before or shape["empty"]["size"]


def _refuse(request: Request, losses: list[Loss]) -> None:
    silent = request.tool_choice is not None and request.tool_choice.mode is Choice.NONE
    if request.tools and not silent:
        raise invalid("This model draws: it cannot call tools.", "tools")
    losses += [Loss("tools")] if request.tools else []
    output = request.output
    if output is not None and output.format not in (None, Format.TEXT):
        raise invalid("This model draws: it cannot keep to a format.")
    losses += [Loss("reasoning")] if request.reasoning is not None else []
    unsaid = Sampling()
    for name in Sampling.__struct_fields__:
        if name != "n" and getattr(request.sampling, name) != getattr(unsaid, name):
            losses.append(Loss(name))


def _prompt(turns: Sequence[Turn], losses: list[Loss]) -> str:
    turn = turns[0] if len(turns) == 1 else None
    if turn is None or turn.role is not Role.USER:
        raise invalid("This model draws from one prompt: send a single user message.")
    told = False
    for part in turn.parts:
        if isinstance(part, Media):
            told = True
        elif not isinstance(part, Text):
            raise invalid("This model draws from text and images: it takes nothing else.")
        elif told:
            losses.append(Loss("part_order"))
        if part.signature is not None:
            losses.append(Loss("signature"))
    return "".join(part.text for part in turn.parts if isinstance(part, Text))


def _pictures(turns: Sequence[Turn]) -> list[Media]:
    found = [part for turn in turns for part in turn.parts if isinstance(part, Media)]
    for media in found:
        own = keeping.native(media.opaque)
        if not own and not media.mime_type.startswith("image/") and media.mime_type:
            raise invalid("This model draws from text and images: it takes nothing else.")
    return found
