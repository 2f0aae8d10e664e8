"""What a name asks for reaches the upstream; what is listed can be asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.base import JSON, Codec, Rendered
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC as RESPONSES
from proxy.ir import (
    Builtin,
    BuiltinTool,
    Dialect,
    Format,
    FunctionTool,
    Opaque,
    Output,
    Reasoning,
    Request,
    Role,
    Text,
    Turn,
)
from proxy.names import ModelName, Variant
from proxy.variants import VariantKind, applied, listed
from tests.support.dice import often

HELLO = Request(model="m", turns=(Turn(Role.USER, (Text("hello"),)),))
CHATTED = {"messages": [{"role": "user", "content": "hello"}]}
ASKED = {**CHATTED, "max_tokens": 64_000}
PROMPTED = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
EVERY = frozenset(VariantKind)


def rendered(name: str, request: Request = HELLO, codec: Codec = GEMINI) -> Rendered:
    """What an upstream is sent when this name is asked for, and nobody renamed the model."""
    asked = ModelName.parse(name)
    said = applied(request, asked.variant, asked.plain)
    return codec.render_request(replace(said, model=asked.plain))


def config(name: str, request: Request = HELLO) -> JSON | None:
    found = rendered(name, request)
    # A model that always thinks says so when it is told not to.
    assert {loss.field for loss in found.losses} <= {"reasoning"}
    thinking: JSON | None = found.body.get("generationConfig", {}).get("thinkingConfig")
    return thinking


def budget(tokens: int, *, shown: bool = True) -> JSON:
    return {"thinkingBudget": tokens, "includeThoughts": shown}


def level(word: str, *, shown: bool = True) -> JSON:
    return {"thinkingLevel": word, "includeThoughts": shown}


OFF = {"thinkingBudget": 0}
PRO, FLASH = "gemini-2.5-pro", "gemini-2.5-flash"
PRO_3, FLASH_3 = "gemini-3-pro-preview", "gemini-3-flash-preview"

TABLE: list[tuple[str, list[str], JSON]] = [
    (PRO, ["-max", "-maxthinking", "(max)", "(xhigh)"], budget(32768)),
    (PRO, ["-high", "(high)"], budget(16000)),
    (PRO, ["-medium", "(medium)"], budget(8192)),
    (PRO, ["-low", "(low)"], budget(1024)),
    (PRO, ["-minimal", "(minimal)"], budget(128)),
    (PRO, ["-nothinking", "(none)", "(0)"], budget(128, shown=False)),
    (PRO, ["(4000)"], budget(4000)),
    (PRO, ["(-1)"], budget(-1)),
    (PRO, ["(100000)"], budget(32768)),
    (FLASH, ["-max", "-maxthinking", "(max)", "(xhigh)"], budget(24576)),
    (FLASH, ["-high", "(high)"], budget(16000)),
    (FLASH, ["-medium", "(medium)"], budget(8192)),
    (FLASH, ["-low", "(low)"], budget(1024)),
    (FLASH, ["-minimal", "-nothinking", "(none)", "(0)"], OFF),
    (FLASH, ["(-1)"], budget(-1)),
    (PRO_3, ["-max", "-maxthinking", "-high", "(high)", "-medium"], level("HIGH")),
    (PRO_3, ["-low", "-minimal", "(low)", "(1024)"], level("LOW")),
    (PRO_3, ["-nothinking", "(none)", "(0)"], level("LOW", shown=False)),
    (PRO_3, ["(-1)"], {"includeThoughts": True}),
    (FLASH_3, ["-max", "-maxthinking", "-high", "(high)"], level("HIGH")),
    (FLASH_3, ["-medium", "(medium)", "(8192)"], level("MEDIUM")),
    (FLASH_3, ["-low", "(low)"], level("LOW")),
    (FLASH_3, ["-minimal", "(minimal)"], level("MINIMAL")),
    (FLASH_3, ["-nothinking", "(none)", "(0)"], level("MINIMAL", shown=False)),
]
ROWS = [(model, suffix, sent) for model, suffixes, sent in TABLE for suffix in suffixes]


@pytest.mark.parametrize(("model", "suffix", "sent"), ROWS)
def test_gemini_thinks_as_its_name_says(model: str, suffix: str, sent: JSON) -> None:
    assert config(model + suffix) == sent


BODIES: list[tuple[Codec, JSON]] = [
    (GEMINI, {**PROMPTED, "generationConfig": {"thinkingConfig": {"thinkingBudget": 7000}}}),
    (GEMINI, {**PROMPTED, "generation_config": {"thinking_config": {"thinking_level": "medium"}}}),
    (CHAT, {**CHATTED, "reasoning_effort": "medium"}),
    (CHAT, {**CHATTED, "reasoning": {"max_tokens": 9000}}),
    (RESPONSES, {"input": "hello", "reasoning": {"effort": "medium", "summary": "auto"}}),
    (ANTHROPIC, {**ASKED, "thinking": {"type": "enabled", "budget_tokens": 5000}}),
    (ANTHROPIC, {**ASKED, "output_config": {"effort": "medium"}}),
]


@pytest.mark.parametrize(("model", "suffix", "sent"), ROWS)
@pytest.mark.parametrize(("codec", "body"), BODIES)
def test_the_name_beats_the_body_in_every_dialect(
    codec: Codec, body: JSON, model: str, suffix: str, sent: JSON
) -> None:
    request = codec.parse_request({**body, "model": model + suffix}, model=model + suffix)
    found = rendered(model + suffix, request).body
    settings = found.get("generationConfig") or found["generation_config"]
    written = settings.get("thinkingConfig") or settings["thinking_config"]
    assert written == sent


def test_hidden_thoughts_stay_hidden() -> None:
    request = replace(HELLO, reasoning=Reasoning(include=False))
    assert config(f"{PRO}-high", request) == budget(16000, shown=False)
    assert config(f"{FLASH_3}(low)", request) == level("LOW", shown=False)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        (
            "claude-sonnet-4-5-high",
            {"thinking": {"type": "enabled", "budget_tokens": 24576}},
        ),
        ("claude-sonnet-4-5(2048)", {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        ("claude-sonnet-4-5-nothinking", {"thinking": {"type": "disabled"}}),
        (
            "claude-opus-4-6-maxthinking",
            {
                "thinking": {"type": "adaptive", "display": "summarized"},
                "output_config": {"effort": "max"},
            },
        ),
        (
            "claude-opus-4-6-minimal",
            {
                "thinking": {"type": "adaptive", "display": "summarized"},
                "output_config": {"effort": "low"},
            },
        ),
        ("claude-opus-4-6(-1)", {"thinking": {"type": "adaptive", "display": "summarized"}}),
        ("claude-opus-4-6(0)", {"thinking": {"type": "disabled"}}),
        ("claude-opus-4-7-nothinking", {}),
    ],
)
def test_claude_thinks_as_its_name_says(name: str, sent: JSON) -> None:
    request = ANTHROPIC.parse_request(
        {**ASKED, "model": name, "thinking": {"type": "enabled", "budget_tokens": 5000}}
    )
    found = rendered(name, request, ANTHROPIC)
    kept = {key: found.body[key] for key in ("thinking", "output_config") if key in found.body}
    assert kept == sent
    assert found.losses == []


@pytest.mark.parametrize(
    ("name", "body", "sent"),
    [
        ("gpt-5-high", {}, {"reasoning_effort": "high"}),
        ("gpt-5-maxthinking", {"reasoning_effort": "low"}, {"reasoning_effort": "high"}),
        ("gpt-5-nothinking", {}, {"reasoning_effort": "minimal"}),
        ("gpt-5.1-nothinking", {}, {"reasoning_effort": "none"}),
        ("gpt-5.1(0)", {}, {"reasoning_effort": "none"}),
        ("o3(-1)", {"reasoning_effort": "low"}, {}),
        (
            "or/openai/gpt-5-high",
            {"reasoning": {"effort": "low", "exclude": True}},
            {"reasoning": {"effort": "high", "exclude": True}},
        ),
        (
            "or/openai/gpt-5-high",
            {"reasoning": {"max_tokens": 10}},
            {"reasoning_effort": "high"},
        ),
        (
            "or/google/gemini-2.5-pro-high",
            {"reasoning": {"max_tokens": 10}},
            {"reasoning": {"max_tokens": 16000}},
        ),
        ("or/google/gemini-2.5-pro-high", {}, {"reasoning_effort": "high"}),
        ("or/google/gemini-3-pro-preview-max", {}, {"reasoning_effort": "high"}),
        ("or/anthropic/claude-opus-4.5-low", {}, {"reasoning_effort": "low"}),
    ],
)
def test_chat_says_it_where_the_body_did(name: str, body: JSON, sent: JSON) -> None:
    request = CHAT.parse_request({**CHATTED, **body, "model": name})
    found = rendered(name, request, CHAT)
    assert found.body == {**CHATTED, **sent, "model": ModelName.parse(name).plain}
    assert found.losses == []


def test_responses_keep_what_stood_beside_the_effort() -> None:
    body = {"input": "hello", "reasoning": {"effort": "low", "context": "auto"}}
    request = RESPONSES.parse_request({**body, "model": "gpt-5.2-high"})
    found = rendered("gpt-5.2-high", request, RESPONSES)
    assert found.body["reasoning"] == {"effort": "high", "context": "auto"}


def test_a_model_that_cannot_think_says_so() -> None:
    found = rendered("gemini-2.0-flash-maxthinking")
    assert [loss.field for loss in found.losses] == ["reasoning"]


def test_an_alias_thinks_as_the_model_that_it_stands_for() -> None:
    variant = ModelName.parse("smart-maxthinking").variant
    said = applied(HELLO, variant, "gemini-2.5-flash").reasoning
    assert said == Reasoning(effort="high", budget=32768, include=True)


# --- the other variants -----------------------------------------------------------------------


def test_what_says_nothing_changes_nothing() -> None:
    assert applied(HELLO, Variant(), "gemini-2.5-pro") is HELLO
    stage = Variant(anti_truncation=True, fake_stream=True)
    assert applied(HELLO, stage, "gemini-2.5-pro") is HELLO


def test_search_is_one_more_tool() -> None:
    add = FunctionTool("add")
    asked = replace(HELLO, tools=(add,))
    assert applied(asked, Variant(search=True), PRO).tools == (add, BuiltinTool(Builtin.SEARCH))
    assert rendered(f"{PRO}-search").body["tools"] == [{"googleSearch": {}}]
    wanted = rendered("claude-opus-4-7-search", codec=ANTHROPIC).body["tools"]
    assert [tool["name"] for tool in wanted] == ["web_search"]


def test_search_is_not_turned_on_twice() -> None:
    body = {**PROMPTED, "tools": [{"google_search": {"timeRangeFilter": {}}}]}
    request = GEMINI.parse_request(body, model=f"{PRO}-search")
    assert rendered(f"{PRO}-search", request).body == body


def test_a_service_that_cannot_search_says_so() -> None:
    found = rendered("deepseek-chat-search", codec=CHAT)
    assert [loss.field for loss in found.losses] == ["search"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, Output(image_size="4K", aspect_ratio="16:9")),
        (
            Output(image_size="1K", aspect_ratio="1:1", modalities=("image",)),
            Output(image_size="4K", aspect_ratio="16:9", modalities=("image",)),
        ),
        (
            Output(modalities=("text",)),
            Output(image_size="4K", aspect_ratio="16:9", modalities=("text", "image")),
        ),
        (
            Output(format=Format.TEXT, opaque=Opaque(Dialect.OPENAI_CHAT, {"a": 1})),
            Output(
                format=Format.TEXT,
                image_size="4K",
                aspect_ratio="16:9",
                opaque=Opaque(Dialect.OPENAI_CHAT, {"a": 1}),
            ),
        ),
    ],
)
def test_an_image_gets_its_size_and_ratio(before: Output | None, after: Output) -> None:
    variant = ModelName.parse("gemini-3-pro-image-4k-16x9").variant
    said = applied(replace(HELLO, output=before), variant, "gemini-3-pro-image")
    assert said.output == after


def test_one_of_size_and_ratio_leaves_the_other() -> None:
    asked = replace(HELLO, output=Output(aspect_ratio="3:4"))
    said = applied(asked, Variant(image_size="2K"), "gemini-3-pro-image")
    assert said.output == Output(aspect_ratio="3:4", image_size="2K")


def test_geminis_own_image_settings_keep_what_else_they_say() -> None:
    image = {"image_size": "1K", "personGeneration": "ALLOW_ADULT"}
    body = {**PROMPTED, "generationConfig": {"responseModalities": ["TEXT"], "imageConfig": image}}
    name = "gemini-3-pro-image-4k-9x16"
    found = rendered(name, GEMINI.parse_request(body, model=name))
    assert found.losses == []
    assert found.body["generationConfig"] == {
        "responseModalities": ["TEXT", "IMAGE"],
        "imageConfig": {
            "image_size": "4K",
            "aspectRatio": "9:16",
            "personGeneration": "ALLOW_ADULT",
        },
    }


# --- the list ---------------------------------------------------------------------------------


def shown(base: str, *kinds: VariantKind) -> list[str]:
    return [name for name in listed([base], frozenset(kinds)) if name != base]


def test_without_a_choice_only_the_bases_are_listed() -> None:
    assert list(listed(["b", "a", "b"], frozenset())) == ["b", "a"]


@pytest.mark.parametrize(
    ("base", "suffixes"),
    [
        ("gemini-2.5-pro", "-maxthinking -high -medium -low -minimal"),
        ("gemini-2.5-flash", "-maxthinking -high -medium -low -nothinking"),
        ("gemini-3-pro-preview", "-high -low"),
        ("gemini-3-flash-preview", "-high -medium -low -minimal"),
        ("google/gemini-3-pro-preview", "-high -low"),
        ("claude-fable-5", "-maxthinking -xhigh -high -medium -low"),
        ("gpt-5.1", "-high -medium -low -nothinking"),
        ("gemini-embedding-001", ""),
        ("gemini-3-pro-image", ""),
        ("gemini-2.5-flash-preview-tts", ""),
        ("gemma-3-27b-it", ""),
        ("deepseek-chat", ""),
    ],
)
def test_thinking_is_listed_where_it_makes_a_difference(base: str, suffixes: str) -> None:
    assert shown(base, VariantKind.THINKING) == [base + suffix for suffix in suffixes.split()]


@pytest.mark.parametrize(
    ("base", "kinds"),
    [
        ("gemini-2.5-pro", "search fake-stream anti-truncation"),
        ("gemini-flash-latest", "search fake-stream anti-truncation"),
        ("claude-opus-4-7", "search fake-stream anti-truncation"),
        ("claude-3-opus-20240229", "fake-stream anti-truncation"),
        ("gemini-1.5-pro", "fake-stream anti-truncation"),
        ("gemma-3-27b-it", "fake-stream anti-truncation"),
        ("openrouter/meta/llama-3", "fake-stream anti-truncation"),
        ("gemini-3-pro-image", "fake-stream"),
        ("gpt-image-1", ""),
        ("text-embedding-3-small", ""),
        ("gemini-embedding-001", ""),
        ("gemini-2.5-flash-preview-tts", ""),
    ],
)
def test_features_are_listed_for_models_that_have_them(base: str, kinds: str) -> None:
    names = {
        "search": f"{base}-search",
        "fake-stream": f"fake-stream/{base}",
        "anti-truncation": f"anti-truncation/{base}",
    }
    wanted = [names[kind] for kind in kinds.split()]
    assert shown(base, *(VariantKind(kind) for kind in names)) == wanted


@pytest.mark.parametrize(
    ("base", "suffixes"),
    [
        ("gemini-3-pro-image", "-2k -4k -16x9 -9x16 -4x3 -3x4"),
        ("google/gemini-3.1-flash-image-preview", "-2k -4k -16x9 -9x16 -4x3 -3x4"),
        ("gemini-2.5-flash-image", "-16x9 -9x16 -4x3 -3x4"),
        ("gemini-2.0-flash-preview-image-generation", ""),
        ("gemini-2.5-pro", ""),
        ("gpt-image-1", ""),
    ],
)
def test_sizes_and_ratios_are_listed_for_image_models(base: str, suffixes: str) -> None:
    assert shown(base, VariantKind.IMAGE) == [base + suffix for suffix in suffixes.split()]


def test_a_real_model_is_not_listed_as_a_variant_of_another() -> None:
    bases = ["gpt-5", "gpt-5-high", "o3-mini-high"]
    found = list(listed(bases, frozenset({VariantKind.THINKING})))
    assert found == ["gpt-5", "gpt-5-medium", "gpt-5-low", "gpt-5-minimal", *bases[1:]]


@pytest.mark.parametrize("base", ["bad name", "models/gemini-2.5-pro", "gemini-2.5-pro-high"])
def test_a_name_that_means_something_else_has_no_variants(base: str) -> None:
    assert list(listed([base], EVERY)) == [base]


def test_no_listed_name_is_too_long_to_be_asked_for() -> None:
    base = "gemini-2.5-pro-".ljust(196, "x")
    assert list(listed([base], EVERY)) == [base, f"{base}-low"]


SAID: dict[VariantKind, Any] = {
    VariantKind.THINKING: lambda variant: variant == Variant(effort=variant.effort),
    VariantKind.SEARCH: lambda variant: variant == Variant(search=True),
    VariantKind.FAKE_STREAM: lambda variant: variant == Variant(fake_stream=True),
    VariantKind.ANTI_TRUNCATION: lambda variant: variant == Variant(anti_truncation=True),
    VariantKind.IMAGE: lambda variant: bool(variant.image_size) != bool(variant.aspect_ratio),
}
PIECES = st.sampled_from(
    [
        *("gemini", "claude", "gpt", "o3", "llama", "opus", "sonnet", "2.5", "3", "4", "5", "5.6"),
        *("pro", "flash", "image", "tts", "embedding", "codex", "max", "high", "search", "2k"),
        *("16x9", "maxthinking", "fake", "stream", "anti", "truncation", "preview", "(high)"),
        "google/x",
    ]
)
bases = st.lists(
    st.one_of(
        st.lists(PIECES, min_size=1, max_size=5).map("-".join),
        st.sampled_from([PRO, FLASH, PRO_3, FLASH_3, "gemini-3-pro-image", "fake-stream/llama"]),
        st.text(max_size=8),
    ),
    max_size=6,
)


@settings(max_examples=often(500), deadline=None)
@given(bases, st.sampled_from(VariantKind))
def test_every_listed_name_is_read_as_it_is_meant(bases: list[str], kind: VariantKind) -> None:
    found = list(listed(bases, {kind}))
    assert len(found) == len(set(found))
    assert set(bases) <= set(found)
    for name in set(found) - set(bases):
        for known in (frozenset[str](), frozenset(bases)):
            parsed = ModelName.parse(name, known=known.__contains__)
            assert parsed.plain in bases
            assert parsed.variant and SAID[kind](parsed.variant)
