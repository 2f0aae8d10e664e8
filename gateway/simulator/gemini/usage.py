"""`usageMetadata`: the total is the sum of its four parts, and a zero is left out (as recorded)."""

from __future__ import annotations

from gateway.simulator.answer import Usage
from gateway.simulator.reply import JSON


def prompt_only(usage: Usage) -> JSON:
    return {
        "promptTokenCount": usage.prompt,
        "totalTokenCount": usage.prompt,
        "promptTokensDetails": details(usage),
    }


def metadata(usage: Usage, output: int) -> JSON:
    """`output` is the count so far: every chunk of a stream has usage, and it grows."""
    counts: JSON = {"promptTokenCount": usage.prompt}
    if output:
        counts["candidatesTokenCount"] = output
    counts["totalTokenCount"] = usage.prompt + output + usage.thinking + usage.tool
    counts["promptTokensDetails"] = details(usage)
    if usage.images and output:
        counts["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": usage.images}]
    if usage.tool:
        counts["toolUsePromptTokenCount"] = usage.tool
        counts["toolUsePromptTokensDetails"] = [{"modality": "TEXT", "tokenCount": usage.tool}]
    if usage.thinking:
        counts["thoughtsTokenCount"] = usage.thinking
    return counts | {"serviceTier": "standard"}


def details(usage: Usage) -> list[JSON]:
    kinds = [("TEXT", usage.text), *usage.media]
    return [{"modality": kind, "tokenCount": count} for kind, count in kinds if count]
