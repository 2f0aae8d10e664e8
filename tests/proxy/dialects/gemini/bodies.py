"""Hypothesis strategies: prompts as Google accepts them, and arbitrary JSON."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from proxy.dialects.gemini.fields import snake

Strategy = st.SearchStrategy[Any]

scalars: Strategy = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
)
anything: Strategy = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=8), below),
    max_leaves=12,
)
objects: Strategy = st.dictionaries(st.text(max_size=8), anything, max_size=3)
words = st.text(min_size=1, max_size=8)
signatures = st.sampled_from(["ab+/", "ab-_", "skip_thought_signature_validator", "QUJD"])


def record(required: dict[str, Strategy], **optional: Strategy) -> Strategy:
    """An object whose field names are in camelCase or snake_case, with unknown fields at times."""
    fields = st.fixed_dictionaries(required, optional={**optional, "xUnknown": scalars})

    @st.composite
    def spelt(draw: st.DrawFn) -> dict[str, Any]:
        body = draw(fields)
        return {snake(key) if draw(st.booleans()) else key: body[key] for key in body}

    return spelt()


def listed(item: Strategy, least: int = 0) -> Strategy:
    """A list, or a lone object in its place."""
    return st.lists(item, min_size=least, max_size=3) | item


media = record(
    {}, mimeType=st.sampled_from(["image/png", ""]), data=st.sampled_from(["ab+/", "ab-_"])
)
files = record({}, mimeType=words, fileUri=st.sampled_from(["gs://a/b", "https://x/y"]))
part = st.one_of(
    record({"text": st.text(max_size=8)}, thought=st.booleans(), thoughtSignature=signatures),
    record({"inlineData": media}, thoughtSignature=signatures, videoMetadata=objects),
    record({"fileData": files}),
    record(
        {"functionCall": record({"name": words}, id=st.none() | words, args=st.none() | objects)},
        thoughtSignature=signatures,
    ),
    record(
        {
            "functionResponse": record(
                {"name": words},
                id=words,
                response=objects | st.fixed_dictionaries({"result": st.text()}),
                parts=st.lists(record({"inlineData": media}), max_size=2),
            )
        }
    ),
    record({"executableCode": record({}, language=st.just("PYTHON"), code=words, id=words)}),
    record({"codeExecutionResult": record({}, outcome=st.sampled_from(["OUTCOME_OK", 1, "X"]))}),
    record({"toolCall": objects}, thoughtSignature=signatures),
    record({}, thought=st.booleans(), thoughtSignature=signatures),
)
content = record({}, parts=listed(part), role=st.sampled_from(["user", "model", "function", None]))

schema = st.fixed_dictionaries(
    {"type": st.sampled_from(["OBJECT", "object", 6])},
    optional={
        "properties": st.dictionaries(words, st.just({"type": "STRING"})),
        "nullable": st.just(True),
    },
)
function = record(
    {"name": words}, description=st.text(max_size=5), parameters=schema, parametersJsonSchema=schema
)
tool = record(
    {},
    functionDeclarations=listed(function),
    googleSearch=objects,
    codeExecution=objects,
    urlContext=objects,
    fileSearch=objects,
)
calling = record(
    {},
    mode=st.sampled_from(["AUTO", "ANY", "NONE", "VALIDATED", "any", 2, None]),
    allowedFunctionNames=st.lists(words, max_size=2),
)
config = record(
    {},
    temperature=st.floats(0, 2) | st.integers(0, 2) | st.none(),
    topK=st.just(40),
    maxOutputTokens=st.integers(1, 100),
    stopSequences=st.lists(words, max_size=2),
    seed=st.integers(-5, 2**31 - 1),
    responseMimeType=st.sampled_from(["application/json", "text/plain", "text/x.enum", ""]),
    responseSchema=schema,
    responseJsonSchema=schema,
    responseModalities=st.lists(st.sampled_from(["TEXT", "Image", 3]), max_size=2),
    imageConfig=record({}, aspectRatio=st.sampled_from(["16:9", ""]), imageSize=words),
    thinkingConfig=record(
        {},
        thinkingLevel=st.sampled_from(["HIGH", "low", "THINKING_LEVEL_UNSPECIFIED", None]),
        thinkingBudget=st.integers(-1, 100),
        includeThoughts=st.booleans(),
    ),
    speechConfig=objects,
)
prompts: Strategy = record(
    {"contents": listed(content, 1)},
    model=st.sampled_from(["models/m", "m"]),
    systemInstruction=st.text(max_size=5) | content | st.none(),
    tools=listed(tool),
    toolConfig=record({}, functionCallingConfig=calling, retrievalConfig=objects),
    generationConfig=config,
    safetySettings=st.lists(objects, max_size=1),
    cachedContent=words,
    labels=objects,
)
