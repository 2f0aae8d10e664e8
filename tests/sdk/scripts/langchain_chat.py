"""What a program sees that uses LangChain. Runs in an environment of its own (`venvs.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from langchain_anthropic import ChatAnthropic  # type: ignore[import-not-found]
from langchain_core.messages import (  # type: ignore[import-not-found]
    HumanMessage,
    ToolMessage,
)
from langchain_google_genai import ChatGoogleGenerativeAI  # type: ignore[import-not-found]
from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found]

from tests.sdk.scripts.asking import FUNCTIONS, QUESTION, Given, Seen, Way, error, main


class Trip(BaseModel):  # type: ignore[misc]
    """A trip."""

    city: str
    days: int


class Chain:
    """`make` takes a model and a key."""

    def __init__(self, make: Callable[[str, str], Any], key: str) -> None:
        self._make = make
        self._key = key

    def text(self, model: str, prompt: str) -> Seen:
        answer = self._make(model, self._key).invoke(prompt)
        counted = answer.usage_metadata
        return {
            "text": str(answer.text),
            "usage": [counted["input_tokens"], counted["output_tokens"]],
        }

    def stream(self, model: str, prompt: str) -> Seen:
        pieces = [str(piece.text) for piece in self._make(model, self._key).stream(prompt)]
        return {"text": "".join(pieces), "chunks": sum(map(bool, pieces))}

    def tools(self, model: str) -> Seen:
        bound = self._make(model, self._key).bind_tools(list(FUNCTIONS.values()))
        question = HumanMessage(QUESTION)
        said = bound.invoke([question])
        results = [
            ToolMessage(FUNCTIONS[call["name"]](**call["args"]), tool_call_id=call["id"])
            for call in said.tool_calls
        ]
        last = bound.invoke([question, said, *results])
        calls = [[call["name"], call["args"]] for call in said.tool_calls]
        return {"calls": calls, "text": str(last.text)}

    def structured(self, model: str) -> Seen:
        made = self._make(model, self._key).with_structured_output(Trip)
        return {"parsed": made.invoke("[structured] plan a trip").model_dump()}

    def refused(self, model: str, key: str) -> Seen:
        try:
            self._make(model, key).invoke("hello")
        except Exception as problem:
            return error(problem)
        return {}


def ways(given: Given) -> Mapping[str, Way]:
    root = given["root"]

    def openai(model: str, key: str, **more: Any) -> Any:
        return ChatOpenAI(model=model, api_key=key, base_url=f"{root}/v1", max_retries=0, **more)

    def responses(model: str, key: str) -> Any:
        return openai(model, key, use_responses_api=True)

    def anthropic(model: str, key: str) -> Any:
        return ChatAnthropic(model=model, api_key=key, base_url=root, max_retries=0)

    def google(model: str, key: str) -> Any:
        return ChatGoogleGenerativeAI(model=model, google_api_key=key, base_url=root, max_retries=1)

    makers = {
        "langchain-chat": openai,
        "langchain-responses": responses,
        "langchain-anthropic": anthropic,
        "langchain-google": google,
    }
    return {name: Chain(make, given["key"]) for name, make in makers.items()}


if __name__ == "__main__":
    main(ways)
