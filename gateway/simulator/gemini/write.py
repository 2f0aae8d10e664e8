"""A neutral answer as the Gemini API says it: whole, or in the chunks of a stream."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from gateway.simulator import seal, tokens
from gateway.simulator.answer import (
    Answer,
    Candidate,
    Finish,
    Invocation,
    Part,
    Picture,
    Program,
    Thought,
    Words,
    weight,
)
from gateway.simulator.gemini import grounding, usage
from gateway.simulator.gemini.models import Traits, traits
from gateway.simulator.reply import JSON

_GROUP = 4
"""Tokens in one chunk: Google sends far fewer and larger chunks than the others."""

_FINISH = {
    Finish.STOP: "STOP",
    Finish.TOOLS: "STOP",
    Finish.SEQUENCE: "STOP",
    Finish.LENGTH: "MAX_TOKENS",
    Finish.BLOCKED: "SAFETY",
    Finish.MALFORMED: "MALFORMED_FUNCTION_CALL",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What one chunk says for one candidate, and the tokens of output it costs."""

    parts: list[JSON]
    cost: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """`seed` makes ids and signatures of one answer differ from those of the next."""

    answer: Answer
    model: str
    seed: str
    logprobs: int | None = None

    def whole(self) -> JSON:
        candidates = [self._whole(n, each) for n, each in enumerate(self.answer.candidates)]
        return self._chunk(candidates, self.answer.usage.output)

    def chunks(self) -> Iterator[JSON]:
        """Chunks of several candidates take turns, each with one candidate."""
        steps = [list(self._steps(n, each)) for n, each in enumerate(self.answer.candidates)]
        if not steps:
            yield self._chunk([], 0)
        output = 0
        for turn in zip_longest(*steps):
            for index, step in enumerate(turn):
                if step is None:
                    continue
                output += step.cost
                last = step is steps[index][-1]
                yield self._chunk([self._part_of(index, step, last=last)], output)

    def _chunk(self, candidates: list[JSON], output: int) -> JSON:
        body: JSON = {}
        if candidates:
            body["candidates"] = candidates
            body["usageMetadata"] = usage.metadata(self.answer.usage, output)
        else:
            body["promptFeedback"] = {"blockReason": "PROHIBITED_CONTENT"}
            body["usageMetadata"] = usage.prompt_only(self.answer.usage)
        response_id = base64.urlsafe_b64encode(hashlib.sha256(self.seed.encode()).digest()[:17])
        return body | {"modelVersion": self.model, "responseId": response_id.decode().rstrip("=")}

    def _whole(self, index: int, candidate: Candidate) -> JSON:
        parts = [
            wire
            for number, part in enumerate(candidate.parts)
            for wire in self._parts(part, number)
            if wire != {"text": ""}
        ]
        _sign(parts, self._signature(index), self._traits)
        said: JSON = {"content": _content(parts, candidate), **_ending(candidate)}
        said["index"] = index
        if candidate.calls:
            said["finishMessage"] = "Model generated function call(s)."
        return said | self._extras(candidate, candidate.text)

    def _part_of(self, index: int, step: Step, *, last: bool) -> JSON:
        candidate = self.answer.candidates[index]
        said: JSON = {"content": _content(step.parts, candidate)}
        if last:
            said |= _ending(candidate)
        # The result of the service's own code comes without an index.
        if not any("codeExecutionResult" in part for part in step.parts):
            said["index"] = index
        if last and candidate.calls and not self._traits.third:
            said["finishMessage"] = "Model generated function call(s)."
        if self.logprobs is not None and step.words:
            said["logprobsResult"] = _logprobs(step.words, self.logprobs)
        if last and candidate.grounding:
            said["groundingMetadata"] = grounding.metadata(candidate.grounding, candidate.text)
        return said

    def _extras(self, candidate: Candidate, text: str) -> JSON:
        extras: JSON = {}
        if candidate.grounding:
            extras["groundingMetadata"] = grounding.metadata(candidate.grounding, text)
        if self.logprobs is not None and text:
            pieces = tokens.split(text)
            extras["avgLogprobs"] = sum(map(tokens.logprob, pieces)) / len(pieces)
            extras["logprobsResult"] = _logprobs(text, self.logprobs)
        return extras

    def _steps(self, index: int, candidate: Candidate) -> Iterator[Step]:
        """The second generation ends with its last words; the third with a chunk of its own."""
        steps = [
            step
            for number, part in enumerate(candidate.parts)
            for step in self._split(part, number)
        ]
        if not self._traits.third:
            steps = _merge_calls(steps)
        signature = self._signature(index)
        everything = [part for step in steps for part in step.parts]
        signed = _sign_first(everything, signature) if self._traits.generation >= 2.5 else True
        yield from steps
        if self._traits.third and steps:
            tail: JSON = {"text": ""}
            yield Step([tail if signed else tail | {"thoughtSignature": signature}])
        elif not steps:
            yield Step([])

    def _split(self, part: Part, number: int) -> Iterator[Step]:
        match part:
            case Words(text):
                pieces = tokens.split(text)
                for start in range(0, len(pieces), _GROUP):
                    words = "".join(pieces[start : start + _GROUP])
                    yield Step([{"text": words}], len(pieces[start : start + _GROUP]), words)
            case Thought(text):
                middle = len(text) // 2
                for half in (text[:middle], text[middle:]):
                    yield Step([{"text": half, "thought": True}])
            case Program():
                code, result = self._parts(part, number)
                yield Step([code, {"text": ""}], weight(part))
                yield Step([result])
            case Invocation() | Picture():
                yield Step(self._parts(part, number), weight(part))

    def _parts(self, part: Part, number: int) -> list[JSON]:
        identity = self._id(number) if self._traits.call_ids else {}
        match part:
            case Words(text):
                return [{"text": text}]
            case Thought(text):
                return [{"text": text, "thought": True}]
            case Invocation(name, arguments):
                return [{"functionCall": {"name": name, "args": dict(arguments), **identity}}]
            case Picture(mime_type, data):
                encoded = base64.b64encode(data).decode()
                return [{"inlineData": {"mimeType": mime_type, "data": encoded}}]
            case Program(code, output):
                result = {"outcome": "OUTCOME_OK", "output": output, **identity}
                return [
                    {"executableCode": {"language": "PYTHON", "code": code, **identity}},
                    {"codeExecutionResult": result},
                ]

    @property
    def _traits(self) -> Traits:
        return traits(self.model)

    def _id(self, number: int) -> dict[str, str]:
        return {"id": hashlib.sha256(f"{self.seed}/{number}".encode()).hexdigest()[:8]}

    def _signature(self, index: int) -> str:
        return seal.sign(f"{self.seed}/{index}")


def _sign(parts: list[JSON], signature: str, model: Traits) -> None:
    """In a whole answer (as recorded): the first call or code or image; without any, the text.

    The third generation's image models sign both, the text and the image.
    """
    if model.generation < 2.5:
        return
    signed = _sign_first(parts, signature)
    if model.third and (model.image or not signed):
        spoken = [part for part in parts if "text" in part and not part.get("thought")]
        for part in spoken[-1:]:
            part["thoughtSignature"] = signature


def _sign_first(parts: list[JSON], signature: str) -> bool:
    """Signs the first part that is neither text nor thought; a thought is never signed."""
    for part in parts:
        if part.keys() & {"functionCall", "executableCode", "inlineData"}:
            part["thoughtSignature"] = signature
            return True
    return False


def _merge_calls(steps: list[Step]) -> list[Step]:
    """Up to 2.5 all parallel calls come in one chunk."""
    calls = [step for step in steps if any("functionCall" in part for part in step.parts)]
    if not calls:
        return steps
    others = [step for step in steps if step not in calls]
    merged = Step([part for step in calls for part in step.parts], sum(s.cost for s in calls))
    return [*others, merged]


def _content(parts: list[JSON], candidate: Candidate) -> JSON:
    if parts:
        return {"parts": parts, "role": "model"}
    blank = candidate.finish in {Finish.BLOCKED, Finish.MALFORMED}
    return {} if blank else {"role": "model"}


def _ending(candidate: Candidate) -> JSON:
    ending: JSON = {"finishReason": _FINISH[candidate.finish]}
    if candidate.finish is Finish.BLOCKED:
        category = "HARM_CATEGORY_DANGEROUS_CONTENT"
        rating = {"category": category, "probability": "HIGH", "blocked": True}
        ending["safetyRatings"] = [rating]
    if candidate.finish is Finish.MALFORMED:
        ending["finishMessage"] = "Malformed function call: print(default_api.lookup("
    return ending


def _logprobs(text: str, alternatives: int) -> JSON:
    chosen = [_likely(token, tokens.logprob(token)) for token in tokens.split(text)]
    result: JSON = {"chosenCandidates": chosen}
    if alternatives:
        result["topCandidates"] = [
            {"candidates": [each, *_others(each, alternatives - 1)]} for each in chosen
        ]
    return result


def _likely(token: str, logprob: float) -> JSON:
    return {"token": token, "tokenId": tokens.token_id(token), "logProbability": logprob}


def _others(chosen: JSON, count: int) -> list[JSON]:
    first = chosen["logProbability"]
    return [_likely(f"{chosen['token']}{n}", first - n) for n in range(1, count + 1)]


def line(body: Any) -> str:
    """One line of JSON with the blanks that Google leaves in it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ": "))


def pretty(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)
