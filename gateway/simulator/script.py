"""What is answered to what: one decision for all services, and the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from gateway.simulator import media, schema, tokens
from gateway.simulator.answer import (
    IMAGE_TOKENS,
    Answer,
    Candidate,
    Finish,
    Grounding,
    Invocation,
    Part,
    Picture,
    Program,
    Thought,
    Usage,
    Words,
    weight,
)
from gateway.simulator.faults import Order, Twist
from gateway.simulator.question import Attachment, Choice, Question, Result, Thinking, Tool

_ECHO = 200
_TOOLBOX = 4
_TOOL_PROMPT = 64
_THOUGHT = "The question is short and clear. A short answer will do."
_COUNTING = (
    "Counting to one hundred: " + ", ".join(str(n) for n in range(1, 101)) + ". That is all."
)


def decide(question: Question, order: Order | None = None, *, demo: bool = False) -> Answer:
    """`order` is a Twist or None."""
    candidates, thinking = _candidates(question, order, demo=demo)
    answer = sum(weight(part) for candidate in candidates for part in candidate.parts)
    usage = Usage(
        text=question.prompt,
        media=modalities(question.media),
        tool=_TOOL_PROMPT if question.code or question.search else 0,
        output=answer,
        images=IMAGE_TOKENS * sum(_pictures(candidate) for candidate in candidates),
        thinking=thinking,
    )
    return Answer(candidates=candidates, usage=usage)


def _candidates(
    question: Question, order: Order | None, *, demo: bool
) -> tuple[tuple[Candidate, ...], int]:
    """The candidates, and how many tokens were spent on thinking."""
    thinking = 0 if question.thinking is Thinking.OFF else tokens.count(_THOUGHT)
    match order.kind if order else None:
        case None:
            usual = _usual(question, demo=demo)
            return tuple(_choice(usual, n, question) for n in range(question.n)), thinking
        case Twist.BLOCK:
            return (), 0
        case Twist.BLOCK_ANSWER:
            return (Candidate(parts=(), finish=Finish.BLOCKED),), thinking
        case Twist.EMPTY:
            return (Candidate(parts=(), finish=Finish.STOP),), thinking
        case Twist.MALFORMED:
            return (Candidate(parts=(), finish=Finish.MALFORMED),), thinking
        case Twist.OVERTHINK:
            return (Candidate(parts=(), finish=Finish.LENGTH),), question.max_tokens or 64
        case Twist.TOKENS:
            text = "".join(f" {n % 1000}" for n in range(1, int(order.amount if order else 0) + 1))
            return (_limited(_plain(text), question),), thinking
        case Twist.TRUNCATE:
            return (_continued(question, int(order.amount if order else 0)),), thinking
        case other:
            raise ValueError(f"{other} is no twist")


def _usual(question: Question, *, demo: bool) -> Candidate:
    parts: list[Part] = []
    if question.thinking is Thinking.SHOWN:
        parts.append(Thought(_THOUGHT))
    calls = _calls(question)
    if calls:
        return Candidate(parts=(*parts, *calls), finish=Finish.TOOLS)
    if question.code:
        parts.append(Program("print(6 * 7)\n", "42\n"))
    grounding = None
    text = _text(question)
    if question.schema is not None:
        text = _structured(question, text)
    elif question.search:
        text, grounding = _grounded(question, text)
    elif demo:
        text = f"This is a simulated answer, no model was asked. {text}"
    parts.append(Words(text))
    if question.image:
        parts.append(Picture("image/png", media.png(question.text)))
    return Candidate(parts=tuple(parts), finish=Finish.STOP, grounding=grounding)


def _choice(usual: Candidate, number: int, question: Question) -> Candidate:
    if number and usual.text and question.schema is None:
        parts = (
            Words(f"{part.text} (choice {number + 1})") if isinstance(part, Words) else part
            for part in usual.parts
        )
        usual = replace(usual, parts=tuple(parts))
    return _limited(usual, question)


def _limited(candidate: Candidate, question: Question) -> Candidate:
    """Cut at the first stop sequence, then at the token limit. Thinking is not held against it."""
    text = candidate.text
    place, sequence = min(
        ((text.find(each), each) for each in question.stop if each and each in text),
        default=(len(text), None),
    )
    finish = Finish.SEQUENCE if sequence is not None else candidate.finish
    pieces = tokens.split(text[:place])
    if question.max_tokens is not None and len(pieces) > question.max_tokens:
        finish, sequence = Finish.LENGTH, None
        pieces = pieces[: question.max_tokens]
    kept = "".join(pieces)
    if kept == text:
        return candidate
    parts = (Words(kept) if isinstance(part, Words) else part for part in candidate.parts)
    return Candidate(parts=tuple(parts), finish=finish, sequence=sequence)


def _plain(text: str) -> Candidate:
    return Candidate(parts=(Words(text),), finish=Finish.STOP)


def _continued(question: Question, size: int) -> Candidate:
    """The next `size` tokens of one long answer, going on from what the model has said."""
    said = question.said
    place = next(n for n in range(len(_COUNTING), -1, -1) if said.endswith(_COUNTING[:n]))
    pieces = tokens.split(_COUNTING[place:])
    finish = Finish.LENGTH if len(pieces) > size else Finish.STOP
    return Candidate(parts=(Words("".join(pieces[:size])),), finish=finish)


def _calls(question: Question) -> tuple[Invocation, ...]:
    """Calls of the first two tools at once. A coding CLI declares a dozen of them with every
    question; then only those that the question names are called."""
    tools = [tool for tool in question.tools if not question.only or tool.name in question.only]
    if not tools or question.results or question.choice is Choice.NONE:
        return ()
    if question.choice is not Choice.REQUIRED:
        if not (question.text or question.attachments):
            return ()
        if len(tools) > _TOOLBOX:
            tools = [tool for tool in tools if tool.name in question.text]
    called = tools[: 2 if question.parallel else 1]
    return tuple(_call(tool, _given(tool.name, question.text)) for tool in called)


def _call(tool: Tool, given: Any) -> Invocation:
    if tool.custom:
        text = given if isinstance(given, str) else f"free text for {tool.name}"
        return Invocation(tool.name, {}, text=text)
    if isinstance(given, dict):
        return Invocation(tool.name, given)
    arguments = schema.instance(tool.schema) if tool.schema else {}
    return Invocation(tool.name, arguments if isinstance(arguments, dict) else {})


def _given(name: str, text: str) -> Any:
    """The JSON that follows a tool's name in the question: a test says what the call is to do."""
    try:
        return json.JSONDecoder().raw_decode(text.partition(name)[2].lstrip())[0]
    except ValueError:
        return None


def _text(question: Question) -> str:
    said = [_result(result) for result in question.results]
    said += [_attachment(attachment) for attachment in question.attachments]
    if question.text or not said:
        said.append(f"You said: {_excerpt(question.text)}")
    return "\n".join(said)


def _result(result: Result) -> str:
    verb = "failed with" if result.is_error else "answered"
    return f"The tool {result.name} {verb}: {_excerpt(result.text)}"


def _attachment(attachment: Attachment) -> str:
    if attachment.uri:
        return f"I was pointed to {attachment.mime_type or 'a file'} at {attachment.uri}"
    size, sum_ = len(attachment.data), media.digest(attachment.data)
    return f"I received {attachment.mime_type}, {size} bytes, sha256 {sum_}"


def _excerpt(text: str) -> str:
    return text if len(text) <= _ECHO else f"{text[:_ECHO]}… ({len(text)} characters)"


def _structured(question: Question, text: str) -> str:
    value = schema.instance(question.schema) if question.schema else {"answer": text}
    return json.dumps(value, ensure_ascii=False)


def _grounded(question: Question, text: str) -> tuple[str, Grounding]:
    """Not ASCII on purpose: offsets into it differ between bytes, characters and UTF-16."""
    first, second = "Zürich meldet 18 °C und Sonne ☀️.", "北京今天晴。"
    sources = (
        ("example.com", "https://example.com/zurich"),
        ("example.org", "https://example.org/"),
    )
    grounding = Grounding(_excerpt(question.text), sources, ((first, 0), (second, 1)))
    return f"{first} {second} {text}", grounding


def modalities(attached: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """Tokens of the prompt for each kind of attachment."""
    return tuple((kind, tokens.MEDIA * attached.count(kind)) for kind in sorted(set(attached)))


def _pictures(candidate: Candidate) -> int:
    return sum(isinstance(part, Picture) for part in candidate.parts)
