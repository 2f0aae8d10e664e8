"""What a program sees that uses OpenAI's SDK. Runs in an environment of its own (`venvs.py`).

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

import openai  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found]

from tests.sdk.scripts import openai_refusals, openai_tools
from tests.sdk.scripts.openai_refusals import Given, Seen, asked


class Trip(BaseModel):  # type: ignore[misc]
    city: str
    days: int


def text(client: openai.OpenAI, given: Given) -> Seen:
    messages = [{"role": "system", "content": "[text] Be brief."}, *asked("[text] hello")]
    answer = client.chat.completions.create(model=given["chat"], messages=messages)
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "role": choice.message.role,
        "finish": choice.finish_reason,
        "object": answer.object,
        "model": answer.model,
        "created": answer.created,
        "usage": answer.usage.model_dump(),
    }


def stream(client: openai.OpenAI, given: Given) -> Seen:
    chunks = list(
        client.chat.completions.create(
            model=given["chat"],
            messages=asked("[stream] hello"),
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    choices = [choice for chunk in chunks for choice in chunk.choices]
    return {
        "text": "".join(choice.delta.content or "" for choice in choices),
        "finish": [choice.finish_reason for choice in choices if choice.finish_reason],
        "ids": len({chunk.id for chunk in chunks}),
        "usage": [chunk.usage.model_dump() for chunk in chunks if chunk.usage],
    }


def thinking(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.create(
        model=given["thinker"], messages=asked("[thinking] hello"), reasoning_effort="low"
    )
    message = answer.choices[0].message
    return {
        "text": message.content,
        "thoughts": (message.model_extra or {}).get("reasoning_content"),
        "tokens": answer.usage.completion_tokens_details.reasoning_tokens,
    }


def image(client: openai.OpenAI, given: Given) -> Seen:
    url = f"data:image/png;base64,{given['image']}"
    content = [
        {"type": "text", "text": "[image] what is it?"},
        {"type": "image_url", "image_url": {"url": url}},
    ]
    messages = [{"role": "user", "content": content}]
    answer = client.chat.completions.create(model=given["chat"], messages=messages)
    return {"text": answer.choices[0].message.content}


def parse(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.parse(
        model=given["chat"], messages=asked("[parse] plan a trip"), response_format=Trip
    )
    return {"parsed": answer.choices[0].message.parsed.model_dump()}


def embeddings(client: openai.OpenAI, given: Given) -> Seen:
    """The SDK asks for base64 unless it is told otherwise, and decodes it."""
    texts = ["[embeddings] one", "[embeddings] two"]
    plain = client.embeddings.create(model=given["embed"], input=texts)
    short = client.embeddings.create(
        model=given["embed"], input=texts[0], dimensions=64, encoding_format="float"
    )
    return {
        "vectors": [item.embedding for item in plain.data],
        "indices": [item.index for item in plain.data],
        "short": short.data[0].embedding,
        "tokens": plain.usage.prompt_tokens,
    }


def choices(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.create(
        model=given["chat"], messages=asked("[choices] hello"), n=2
    )
    return {"texts": [choice.message.content for choice in answer.choices]}


def stop(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.create(
        model=given["chat"], messages=asked("[stop] one two three"), stop=["two"]
    )
    return {"text": answer.choices[0].message.content, "finish": answer.choices[0].finish_reason}


def limit(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.create(
        model=given["chat"], messages=asked("[limit] one two three"), max_completion_tokens=3
    )
    return {"text": answer.choices[0].message.content, "finish": answer.choices[0].finish_reason}


def logprobs(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.create(
        model=given["chat"], messages=asked("[logprobs] hello"), logprobs=True, top_logprobs=2
    )
    tokens = answer.choices[0].logprobs.content
    return {
        "text": answer.choices[0].message.content,
        "tokens": [token.token for token in tokens],
        "negative": all(token.logprob < 0 for token in tokens),
        "top": [len(token.top_logprobs) for token in tokens],
    }


def dropped(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.chat.completions.with_raw_response.create(
        model=given["chat"], messages=asked("[dropped] hello"), logit_bias={"50256": -100}
    )
    return {"header": answer.headers.get("x-potluck-dropped", "")}


def concurrent(client: openai.OpenAI, given: Given) -> Seen:
    return {"texts": asyncio.run(_concurrent(given))}


async def _concurrent(given: Given) -> list[str]:
    async with openai.AsyncOpenAI(
        api_key=given["key"], base_url=given["base_url"], max_retries=0
    ) as client:

        async def one(number: int) -> str:
            chunks = await client.chat.completions.create(
                model=given["chat"], messages=asked(f"[concurrent] {number}"), stream=True
            )
            pieces = [piece async for chunk in chunks for piece in [chunk.choices[0].delta.content]]
            return "".join(piece or "" for piece in pieces)

        return list(await asyncio.gather(*(one(number) for number in range(5))))


def models(client: openai.OpenAI, given: Given) -> Seen:
    listed = list(client.models.list())
    one = client.models.retrieve(given["listed"])
    return {
        "ids": [model.id for model in listed],
        "one": one.model_dump(include={"id", "object", "owned_by"}),
    }


SCENARIOS: list[Callable[[openai.OpenAI, Given], Seen]] = [
    text,
    stream,
    *openai_tools.SCENARIOS,
    thinking,
    image,
    parse,
    embeddings,
    choices,
    stop,
    limit,
    logprobs,
    dropped,
    concurrent,
    models,
    *openai_refusals.SCENARIOS,
]


def main(given: Given) -> dict[str, Seen]:
    base64.b64decode(given["image"], validate=True)
    seen: dict[str, Seen] = {}
    with openai.OpenAI(
        api_key=given["key"], base_url=given["base_url"], max_retries=0, timeout=20
    ) as client:
        for scenario in SCENARIOS:
            try:
                seen[scenario.__name__] = scenario(client, given)
            except Exception:
                # Each scenario has its own test; one that fails must not hide the others.
                seen[scenario.__name__] = {"raised": traceback.format_exc()}
    return seen


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)
