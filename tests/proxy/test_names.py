"""A model's name is read once; what is no name, or says nonsense, is a clear error."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proxy.errors import ErrorKind, GatewayError
from proxy.names import ModelName, Variant, valid
from tests.support.dice import often

MAX = Variant(effort="max")
NONE = Variant(effort="none")
CUT = Variant(anti_truncation=True)
FAKE = Variant(fake_stream=True)
BOTH = Variant(anti_truncation=True, fake_stream=True)
SEARCH = Variant(search=True)

REAL = frozenset(
    {
        "qwen3-max",
        "o3-mini-high",
        "gpt-5.1-codex-max",
        "gemini-2.5-flash-image-2k",
        "deep/r1-search",
    }
    | {"odd(name)", "流式抗截断/gemini-2.5-pro", "smart"}
)


@pytest.mark.parametrize(
    ("text", "prefix", "base"),
    [
        ("gemini-2.5-pro", "", "gemini-2.5-pro"),
        ("models/gemini-2.5-pro", "", "gemini-2.5-pro"),
        ("google/gemini-2.5-pro", "google", "gemini-2.5-pro"),
        ("openrouter/meta/llama-3", "openrouter", "meta/llama-3"),
        ("@cf/meta/llama-3.3-70b-instruct-fp8-fast", "@cf", "meta/llama-3.3-70b-instruct-fp8-fast"),
        ("gpt-oss:120b", "", "gpt-oss:120b"),
        ("claude-sonnet-4@20250514", "", "claude-sonnet-4@20250514"),
        ("o3-deep-research", "", "o3-deep-research"),
        ("gpt-4o-search-preview", "", "gpt-4o-search-preview"),
    ],
)
def test_a_name_without_a_variant_is_what_it_is(text: str, prefix: str, base: str) -> None:
    name = ModelName.parse(text)
    assert name == (text.removeprefix("models/"), prefix, base, Variant())
    assert name.plain == name.full
    assert not name.variant


@pytest.mark.parametrize(
    ("text", "plain", "variant"),
    [
        ("流式抗截断/gemini-2.5-pro", "gemini-2.5-pro", CUT),
        ("anti-truncation/gemini-2.5-pro", "gemini-2.5-pro", CUT),
        ("假流式/gemini-2.5-pro", "gemini-2.5-pro", FAKE),
        ("fake-stream/gemini-2.5-pro", "gemini-2.5-pro", FAKE),
        ("models/假流式/gemini-2.5-pro", "gemini-2.5-pro", FAKE),
        ("假流式/models/gemini-2.5-pro", "gemini-2.5-pro", FAKE),
        ("流式抗截断/假流式/gemini-2.5-pro", "gemini-2.5-pro", BOTH),
        ("fake-stream/流式抗截断/gemini-2.5-pro", "gemini-2.5-pro", BOTH),
        ("假流式/anti-truncation/openrouter/meta/llama-3", "openrouter/meta/llama-3", BOTH),
        ("Anti-Truncation/qwen3-max", "qwen3-max", CUT),
        ("gemini-2.5-pro-假流式", "gemini-2.5-pro", FAKE),
        ("gemini-2.5-pro-fake-stream", "gemini-2.5-pro", FAKE),
        ("anti-truncation/llama-3-假流式", "llama-3", BOTH),
        ("gemini-2.5-pro-search", "gemini-2.5-pro", SEARCH),
        ("deep/llama-3-search", "deep/llama-3", SEARCH),
    ],
)
def test_features_have_a_chinese_and_an_english_name(
    text: str, plain: str, variant: Variant
) -> None:
    name = ModelName.parse(text)
    assert (name.plain, name.variant) == (plain, variant)
    assert name.full == text.removeprefix("models/")
    assert name.variant


@pytest.mark.parametrize(
    ("suffix", "variant"),
    [
        ("-maxthinking", MAX),
        ("-nothinking", NONE),
        ("-MaxThinking", MAX),
        ("(max)", MAX),
        ("(none)", NONE),
        ("(High)", Variant(effort="high")),
        ("(xhigh)", Variant(effort="xhigh")),
        ("(minimal)", Variant(effort="minimal")),
        ("(8192)", Variant(budget=8192)),
        ("(-1)", Variant(budget=-1)),
        ("(0)", Variant(budget=0)),
        ("(1000000)", Variant(budget=1_000_000)),
    ],
)
@pytest.mark.parametrize("base", ["gemini-2.5-pro", "llama-3", "deep/org/model", "qwen3-max"])
def test_any_model_may_be_told_how_much_to_think(base: str, suffix: str, variant: Variant) -> None:
    name = ModelName.parse(base + suffix)
    assert (name.plain, name.variant) == (base, variant)


@pytest.mark.parametrize("word", ["max", "xhigh", "high", "medium", "low", "minimal"])
@pytest.mark.parametrize(
    "base",
    [
        *("gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-3-pro-preview", "gemini-4.1-flash"),
        *("gemini-flash-latest", "claude-opus-4-5", "us.anthropic.claude-3-7-sonnet-v1:0"),
        *("gpt-5", "gpt-5.6-sol", "o1", "o3-mini", "o4-mini", "openrouter/google/gemini-2.5-pro"),
    ],
)
def test_a_plain_word_is_cut_where_the_thinking_is_known(base: str, word: str) -> None:
    name = ModelName.parse(f"{base}-{word}")
    assert (name.plain, name.variant) == (base, Variant(effort=word))


@pytest.mark.parametrize(
    "text",
    [
        *("qwen3-max", "qwen/qwen-max", "llama-3-high", "gemma-3-low", "gemini-2.0-flash-high"),
        *("gpt-35-turbo-high", "gpt-4o-high", "gemini-2.5-flash-image-high", "claude-high"),
        *("gpt-5.1-codex-max", "openai/gpt-5.1-codex-max", "-high", "o30-max", "sonar-medium"),
        *("llama-3-4k", "phi-3-mini-4k", "tile-16x9", "image-shop/llama-3-2k", "gemini-image-8k"),
        *("gemini-2.5-pro-2k", "image-100x200", "deepsearch", "gemini-2.5-pro-thinking"),
    ],
)
def test_what_may_be_part_of_a_name_stays(text: str) -> None:
    name = ModelName.parse(text)
    assert (name.plain, name.variant) == (text, Variant())


def test_a_model_that_is_called_max_thinks_as_told() -> None:
    name = ModelName.parse("gpt-5.1-codex-max-high")
    assert (name.base, name.variant) == ("gpt-5.1-codex-max", Variant(effort="high"))


@pytest.mark.parametrize(
    ("suffix", "variant"),
    [
        *(("-1k", Variant(image_size="1K")), ("-2k", Variant(image_size="2K"))),
        *(("-4K", Variant(image_size="4K")), ("-16x9", Variant(aspect_ratio="16:9"))),
        *(("-9x16", Variant(aspect_ratio="9:16")), ("-1x1", Variant(aspect_ratio="1:1"))),
        ("-3x4", Variant(aspect_ratio="3:4")),
        ("-4k-21x9", Variant(image_size="4K", aspect_ratio="21:9")),
        ("-21x9-4k", Variant(image_size="4K", aspect_ratio="21:9")),
    ],
)
@pytest.mark.parametrize(
    "base", ["gemini-3-pro-image", "google/gemini-2.5-flash-image-preview", "gpt-image-1"]
)
def test_image_models_take_a_size_and_a_ratio(base: str, suffix: str, variant: Variant) -> None:
    name = ModelName.parse(base + suffix)
    assert (name.plain, name.variant) == (base, variant)


@pytest.mark.parametrize(
    "text",
    [
        "流式抗截断/假流式/google/gemini-2.5-pro-high-search",
        "假流式/流式抗截断/google/gemini-2.5-pro-search-high",
        "anti-truncation/google/gemini-2.5-pro-假流式-search(high)",
        "anti-truncation/google/gemini-2.5-pro(high)-fake-stream-search",
        "anti-truncation/fake-stream/google/gemini-2.5-pro-high(high)-search-search-假流式",
    ],
)
def test_everything_goes_together_in_any_order(text: str) -> None:
    name = ModelName.parse(text)
    assert (name.prefix, name.base) == ("google", "gemini-2.5-pro")
    assert name.variant == Variant(
        anti_truncation=True, fake_stream=True, search=True, effort="high"
    )


@pytest.mark.parametrize(
    ("text", "plain", "variant"),
    [
        *((name, name, Variant()) for name in sorted(REAL)),
        ("models/qwen3-max", "qwen3-max", Variant()),
        ("假流式/o3-mini-high", "o3-mini-high", FAKE),
        ("o3-mini-high-search", "o3-mini-high", SEARCH),
        ("o3-mini-high(low)", "o3-mini-high", Variant(effort="low")),
        ("anti-truncation/deep/r1-search", "deep/r1-search", CUT),
        ("deep/r1-search-search", "deep/r1-search", SEARCH),
        ("openrouter/o3-mini-high", "openrouter/o3-mini-high", Variant()),
        (
            "gemini-2.5-flash-image-2k-16x9",
            "gemini-2.5-flash-image-2k",
            Variant(aspect_ratio="16:9"),
        ),
        ("odd(name)(low)", "odd(name)", Variant(effort="low")),
        ("anti-truncation/流式抗截断/gemini-2.5-pro", "流式抗截断/gemini-2.5-pro", CUT),
        ("smart-nothinking", "smart", NONE),
        ("smart-high", "smart-high", Variant()),
        ("r1-search", "r1", SEARCH),
    ],
)
def test_a_real_name_is_never_cut(text: str, plain: str, variant: Variant) -> None:
    name = ModelName.parse(text, known=REAL.__contains__)
    assert (name.plain, name.variant) == (plain, variant)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a b", "a?b", "a#b", "a%2fb", "../x", "a/../b", "x" * 201, "a\nb", "a\\b", "a\x00"),
        *("a/", "/a", "/", "流式抗截断/", "models/", "fake-stream/google/", "(high)"),
        "a/-nothinking",
    ],
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(GatewayError, match="The model name is empty") as caught:
        ModelName.parse(text)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert caught.value.param == "model"


@pytest.mark.parametrize(
    "suffix",
    [
        *("(foo)", "()", "(99999999999)", "(1000001)", "(-2)", "(1.5)", "(high", "high)"),
        *("((high))", "(high)x", "(foo)-search", "(٣)", "(a/b)"),
    ],
)
def test_nonsense_in_parentheses_says_what_is_allowed(suffix: str) -> None:
    with pytest.raises(GatewayError, match=r"minimal, low, .* from 0 to 1000000, or -1") as caught:
        ModelName.parse("gemini-2.5-pro" + suffix)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert caught.value.param == "model"


@pytest.mark.parametrize(
    "text",
    [
        *("gemini-2.5-pro-high-low", "gemini-2.5-pro-maxthinking(8192)", "gpt-5(1)(2)"),
        *("gemini-3-pro-image-2k-4k", "gemini-3-pro-image-16x9-9x16"),
    ],
)
def test_a_name_may_not_contradict_itself(text: str) -> None:
    with pytest.raises(GatewayError, match="two different things") as caught:
        ModelName.parse(text)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


PIECES = st.sampled_from(
    [
        *("流式抗截断/", "anti-truncation/", "假流式/", "fake-stream/", "models/", "google/", "/"),
        *("gemini-2.5-pro", "gemini-3-pro-image", "llama", "qwen3-max", "gpt-5", "claude-x"),
        *("-codex", "-high", "-max", "-maxthinking", "(8192)", "(low)", "(", ")", "-search"),
        *("-假流式", "-fake-stream", "-4k", "-16x9", "\u212a", "ſ", "-", ".", "x"),
    ]
)
texts = st.one_of(st.text(max_size=30), st.lists(PIECES, max_size=8).map("".join))


@settings(max_examples=often(1_000), deadline=None)
@given(texts, st.frozensets(texts, max_size=2))
@example("models/models/models/x", frozenset())
@example("x" * 300, frozenset())
def test_any_text_is_a_name_or_an_error_and_what_is_left_says_nothing_more(
    text: str, real: frozenset[str]
) -> None:
    try:
        name = ModelName.parse(text, known=real.__contains__)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    assert name.base
    assert valid(name.full) and valid(name.plain)
    again = ModelName.parse(name.plain, known=real.__contains__)
    assert again == (name.plain, name.prefix, name.base, Variant())
