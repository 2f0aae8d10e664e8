"""What a program sees that uses Google's SDK. Runs in an environment of its own (`venvs.py`).

Argument: one JSON object with `base_url`, `key`, `empty_key` (a key without units), and names of
models. Prints one JSON object: what each scenario saw, or `raised` if it ended early.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from google.genai import types  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found]

from tests.sdk.scripts import google_refusals, google_tools
from tests.sdk.scripts.google_refusals import Given, Seen, connect

Config = types.GenerateContentConfig


class Trip(BaseModel):  # type: ignore[misc]
    city: str
    days: int


def text(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"],
        contents="[text] hello",
        config=Config(system_instruction="[text] Be brief.", temperature=0.5),
    )
    return {
        "text": answer.text,
        "role": answer.candidates[0].content.role,
        "finish": answer.candidates[0].finish_reason.name,
        "model": answer.model_version,
        "usage": _usage(answer),
    }


def _usage(answer: Any) -> Seen:
    counted = answer.usage_metadata
    return {
        "prompt": counted.prompt_token_count,
        "output": counted.candidates_token_count,
        "thinking": counted.thoughts_token_count,
        "total": counted.total_token_count,
    }


def stream(client: Any, given: Given) -> Seen:
    chunks = list(
        client.models.generate_content_stream(model=given["chat"], contents="[stream] hello")
    )
    finishes = [chunk.candidates[0].finish_reason for chunk in chunks if chunk.candidates]
    return {
        "text": "".join(chunk.text or "" for chunk in chunks),
        "finish": [finish.name for finish in finishes if finish],
        "usage": _usage(chunks[-1]),
    }


def thinking(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["thinker"],
        contents="[thinking] hello",
        config=Config(
            thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=1024)
        ),
    )
    parts = answer.candidates[0].content.parts
    return {
        "text": "".join(part.text for part in parts if part.text and not part.thought),
        "thoughts": "".join(part.text for part in parts if part.text and part.thought),
        "tokens": answer.usage_metadata.thoughts_token_count,
    }


def image(client: Any, given: Given) -> Seen:
    data = base64.b64decode(given["image"], validate=True)
    picture = types.Part.from_bytes(data=data, mime_type="image/png")
    answer = client.models.generate_content(
        model=given["chat"], contents=["[image] what is it?", picture]
    )
    return {"text": answer.text}


def parse(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"],
        contents="[parse] plan a trip",
        config=Config(response_mime_type="application/json", response_schema=Trip),
    )
    return {"parsed": answer.parsed.model_dump()}


def count(client: Any, given: Given) -> Seen:
    counted = client.models.count_tokens(model=given["chat"], contents="[count] one two three")
    return {"tokens": counted.total_tokens}


def embeddings(client: Any, given: Given) -> Seen:
    texts = ["[embeddings] one", "[embeddings] two"]
    plain = client.models.embed_content(model=given["embed"], contents=texts)
    short = client.models.embed_content(
        model=given["embed"],
        contents=texts[0],
        config=types.EmbedContentConfig(output_dimensionality=64),
    )
    return {
        "vectors": [item.values for item in plain.embeddings],
        "short": short.embeddings[0].values,
    }


def choices(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"], contents="[choices] hello", config=Config(candidate_count=2)
    )
    return {"texts": [each.content.parts[0].text for each in answer.candidates]}


def stop(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"],
        contents="[stop] one two three",
        config=Config(stop_sequences=["two"]),
    )
    return {"text": answer.text, "finish": answer.candidates[0].finish_reason.name}


def limit(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"],
        contents="[limit] one two three",
        config=Config(max_output_tokens=3),
    )
    return {"text": answer.text, "finish": answer.candidates[0].finish_reason.name}


def logprobs(client: Any, given: Given) -> Seen:
    answer = client.models.generate_content(
        model=given["chat"],
        contents="[logprobs] hello",
        config=Config(response_logprobs=True, logprobs=2),
    )
    result = answer.candidates[0].logprobs_result
    chosen = result.chosen_candidates
    return {
        "text": answer.text,
        "tokens": [each.token for each in chosen],
        "negative": all(each.log_probability < 0 for each in chosen),
        "top": [len(each.candidates) for each in result.top_candidates],
    }


def concurrent(client: Any, given: Given) -> Seen:
    return {"texts": asyncio.run(_concurrent(connect(given), given))}


async def _concurrent(client: Any, given: Given) -> list[str]:
    async def one(number: int) -> str:
        chunks = await client.aio.models.generate_content_stream(
            model=given["chat"], contents=f"[concurrent] {number}"
        )
        return "".join([chunk.text or "" async for chunk in chunks])

    return list(await asyncio.gather(*(one(number) for number in range(5))))


def models(client: Any, given: Given) -> Seen:
    one = client.models.get(model=given["listed"])
    return {
        "ids": [model.name for model in client.models.list()],
        "one": one.name,
        "actions": one.supported_actions,
    }


SCENARIOS: list[Callable[[Any, Given], Seen]] = [
    text,
    stream,
    *google_tools.SCENARIOS,
    thinking,
    image,
    parse,
    count,
    embeddings,
    choices,
    stop,
    limit,
    logprobs,
    concurrent,
    models,
    *google_refusals.SCENARIOS,
]


def main(given: Given) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    client = connect(given)
    for scenario in SCENARIOS:
        try:
            seen[scenario.__name__] = scenario(client, given)
        except Exception:
            # Each scenario has its own test; one that fails must not hide the others.
            seen[scenario.__name__] = {"raised": traceback.format_exc()}
    return seen


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)
