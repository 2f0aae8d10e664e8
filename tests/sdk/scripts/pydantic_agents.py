"""What a program sees that uses pydantic-ai. Runs in an environment of its own (`venvs.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from anthropic import AsyncAnthropic  # type: ignore[import-not-found]
from google import genai  # type: ignore[import-not-found]
from google.genai.types import HttpOptions  # type: ignore[import-not-found]
from openai import AsyncOpenAI  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found]
from pydantic_ai import Agent  # type: ignore[import-not-found]
from pydantic_ai.messages import ToolCallPart  # type: ignore[import-not-found]
from pydantic_ai.models.anthropic import AnthropicModel  # type: ignore[import-not-found]
from pydantic_ai.models.google import GoogleModel  # type: ignore[import-not-found]
from pydantic_ai.models.openai import (  # type: ignore[import-not-found]
    OpenAIChatModel,
    OpenAIResponsesModel,
)
from pydantic_ai.providers.anthropic import AnthropicProvider  # type: ignore[import-not-found]
from pydantic_ai.providers.google import GoogleProvider  # type: ignore[import-not-found]
from pydantic_ai.providers.openai import OpenAIProvider  # type: ignore[import-not-found]

from tests.sdk.scripts.asking import FUNCTIONS, QUESTION, Given, Seen, Way, error, main


class Trip(BaseModel):  # type: ignore[misc]
    """A trip."""

    city: str
    days: int


class Agents:
    """`make` takes a model's name and a key; clients belong to one event loop, so to one call."""

    def __init__(self, make: Callable[[str, str], Any], key: str) -> None:
        self._make = make
        self._key = key

    def text(self, model: str, prompt: str) -> Seen:
        async def ask() -> Seen:
            result = await Agent(self._make(model, self._key)).run(prompt)
            usage = _usage(result)
            return {"text": result.output, "usage": [usage.input_tokens, usage.output_tokens]}

        return asyncio.run(ask())

    def stream(self, model: str, prompt: str) -> Seen:
        async def ask() -> Seen:
            async with Agent(self._make(model, self._key)).run_stream(prompt) as result:
                pieces = [each async for each in result.stream_text(delta=True, debounce_by=None)]
            return {"text": "".join(pieces), "chunks": len(pieces)}

        return asyncio.run(ask())

    def tools(self, model: str) -> Seen:
        async def ask() -> Seen:
            agent = Agent(self._make(model, self._key), tools=list(FUNCTIONS.values()))
            result = await agent.run(QUESTION)
            parts = [part for message in result.all_messages() for part in message.parts]
            calls = [part for part in parts if isinstance(part, ToolCallPart)]
            return {
                "calls": [[call.tool_name, call.args_as_dict()] for call in calls],
                "text": result.output,
            }

        return asyncio.run(ask())

    def structured(self, model: str) -> Seen:
        async def ask() -> Seen:
            agent = Agent(self._make(model, self._key), output_type=Trip)
            result = await agent.run("[structured] plan a trip")
            return {"parsed": result.output.model_dump()}

        return asyncio.run(ask())

    def refused(self, model: str, key: str) -> Seen:
        async def ask() -> Seen:
            try:
                await Agent(self._make(model, key)).run("hello")
            except Exception as problem:
                return error(problem)
            return {}

        return asyncio.run(ask())


def _usage(result: Any) -> Any:
    """A method in older versions, a property in newer ones."""
    return result.usage() if callable(result.usage) else result.usage


def ways(given: Given) -> Mapping[str, Way]:
    root = given["root"]

    def openai(key: str) -> Any:
        client = AsyncOpenAI(api_key=key, base_url=f"{root}/v1", max_retries=0)
        return OpenAIProvider(openai_client=client)

    def anthropic(model: str, key: str) -> Any:
        client = AsyncAnthropic(api_key=key, base_url=root, max_retries=0)
        return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=client))

    def google(model: str, key: str) -> Any:
        client = genai.Client(api_key=key, http_options=HttpOptions(base_url=root))
        return GoogleModel(model, provider=GoogleProvider(client=client))

    makers: dict[str, Callable[[str, str], Any]] = {
        "pydantic-chat": lambda model, key: OpenAIChatModel(model, provider=openai(key)),
        "pydantic-responses": lambda model, key: OpenAIResponsesModel(model, provider=openai(key)),
        "pydantic-anthropic": anthropic,
        "pydantic-google": google,
    }
    return {name: Agents(make, given["key"]) for name, make in makers.items()}


if __name__ == "__main__":
    main(ways)
