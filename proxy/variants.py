"""What the variant in a model's name does to a request, and which variants are offered. Pure.

`anti_truncation` and `fake_stream` change how an answer is asked for, not the request.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from proxy import thinking
from proxy.dialects.anthropic import families as claude
from proxy.dialects.gemini import families as gemini
from proxy.errors import GatewayError
from proxy.ir import Builtin, BuiltinTool, Output, Request
from proxy.names import ModelName, Variant, valid


def applied(request: Request, variant: Variant, model: str) -> Request:
    """The request with what the name says in it, where `model` is what the upstream will be asked
    for: the same words ask different things of different models. The name beats the body."""
    changes: dict[str, Any] = {}
    if variant.effort is not None or variant.budget is not None:
        changes["reasoning"] = thinking.reasoning(
            model, request.reasoning, variant.effort, variant.budget
        )
    if variant.search and not _searches(request):
        changes["tools"] = (*request.tools, BuiltinTool(Builtin.SEARCH))
    if variant.image_size or variant.aspect_ratio:
        changes["output"] = _pictured(request.output or Output(), variant)
    return replace(request, **changes) if changes else request


def _searches(request: Request) -> bool:
    return any(
        isinstance(tool, BuiltinTool) and tool.kind is Builtin.SEARCH for tool in request.tools
    )


def _pictured(output: Output, variant: Variant) -> Output:
    modalities = output.modalities
    if modalities is not None and "image" not in modalities:
        # Unsaid, an image model answers with both.
        modalities = (*modalities, "image")
    return replace(
        output,
        image_size=variant.image_size or output.image_size,
        aspect_ratio=variant.aspect_ratio or output.aspect_ratio,
        modalities=modalities,
    )


class VariantKind(enum.StrEnum):
    """What an operator may choose to show in the model list."""

    THINKING = "thinking"
    SEARCH = "search"
    FAKE_STREAM = "fake-stream"
    ANTI_TRUNCATION = "anti-truncation"
    IMAGE = "image"


_SUFFIXES = {"max": "-maxthinking", "none": "-nothinking"}
_SIZES = ("-2k", "-4k")
_RATIOS = ("-16x9", "-9x16", "-4x3", "-3x4")

# Words in the names of models that do not answer with text.
_MUTE = frozenset(
    {"aqa", "audio", "computer", "dall", "embed", "embedding", "embeddings", "image", "imagen"}
    | {"images", "imagine", "live", "lyria", "moderation", "realtime", "rerank", "reranker", "sora"}
    | {"speech", "transcribe", "tts", "veo", "whisper"}
)
_GEMINI = re.compile(r"gemini-(?:[2-9]\b|[1-9]\d\b|(?:pro|flash|flash-lite)-latest)")
_PAINTER = re.compile(r"gemini-(?:2\.5|[3-9]|[1-9]\d)\b.*-image\b")


def listed(bases: Iterable[str], choice: Collection[VariantKind]) -> Iterator[str]:
    """Every base, each once and followed by the variants of `choice` that it has.

    One feature at a time; whoever wants several writes them together. A variant that is itself
    among the bases is listed as that; each other one is read by `ModelName.parse` as it is meant.
    """
    names = dict.fromkeys(bases)
    for base in names:
        yield base
        if choice and _sound(base):
            found = (name for kind in VariantKind if kind in choice for name in _of(base, kind))
            yield from (name for name in found if name not in names and valid(name))


def _sound(base: str) -> bool:
    """Whether the name, read as any other, means just itself."""
    try:
        return ModelName.parse(base) == ModelName(base, *_halves(base))
    except GatewayError:
        return False


def _halves(base: str) -> tuple[str, str]:
    prefix, slash, rest = base.partition("/")
    return (prefix, rest) if slash else ("", base)


def _of(base: str, kind: VariantKind) -> tuple[str, ...]:
    name = base.rpartition("/")[2].lower()
    speaks = _MUTE.isdisjoint(re.split(r"[^a-z0-9]+", name))
    paints = _PAINTER.match(name) is not None
    match kind:
        case VariantKind.THINKING:
            words = thinking.choices(name) if speaks else ()
            return tuple(base + _SUFFIXES.get(word, f"-{word}") for word in words)
        case VariantKind.SEARCH:
            return (f"{base}-search",) if speaks and _grounded(name) else ()
        case VariantKind.FAKE_STREAM:
            return (f"{kind}/{base}",) if speaks or paints else ()
        case VariantKind.ANTI_TRUNCATION:
            return (f"{kind}/{base}",) if speaks else ()
        case VariantKind.IMAGE:
            sizes = _SIZES if gemini.family(name).third else ()
            return tuple(base + suffix for suffix in (*sizes, *_RATIOS)) if paints else ()


def _grounded(name: str) -> bool:
    """Whether the model's own service can search the web for it."""
    if "claude-" in name:
        return claude.family(name).thinks is not claude.Thinks.NOT
    return _GEMINI.match(name) is not None
