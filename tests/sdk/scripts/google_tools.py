"""What a program sees that uses Google's SDK when the model calls its functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.genai import types  # type: ignore[import-not-found]

from tests.sdk.scripts.google_refusals import Given, Seen

Config = types.GenerateContentConfig


def declared(name: str, argument: str) -> Any:
    place = types.Schema(type="STRING", description="Where")
    parameters = types.Schema(type="OBJECT", properties={argument: place}, required=[argument])
    return types.FunctionDeclaration(name=name, description=f"Tells {name}", parameters=parameters)


TOOLS = types.Tool(
    function_declarations=[declared("get_weather", "location"), declared("get_time", "city")]
)


def tools(client: Any, given: Given) -> Seen:
    question = _user(types.Part.from_text(text="[tools] weather and time in Paris?"))
    first = client.models.generate_content(
        model=given["tools"], contents=[question], config=_calling()
    )
    return results(client, given, [question, first.candidates[0].content])


def tools_stream(client: Any, given: Given) -> Seen:
    """Keeps every part as the SDK parsed it, as its documentation says."""
    question = _user(types.Part.from_text(text="[tools_stream] weather and time in Paris?"))
    chunks = client.models.generate_content_stream(
        model=given["tools"], contents=[question], config=_calling()
    )
    contents = [chunk.candidates[0].content for chunk in chunks if chunk.candidates]
    parts = [part for content in contents for part in (content and content.parts) or []]
    return results(client, given, [question, types.Content(role="model", parts=parts)])


def results(client: Any, given: Given, history: list[Any]) -> Seen:
    parts = history[-1].parts
    calls = [part.function_call for part in parts if part.function_call]
    answers = [
        types.Part(
            function_response=types.FunctionResponse(
                id=call.id, name=call.name, response={"output": f"{call.name} is fine"}
            )
        )
        for call in calls
    ]
    second = client.models.generate_content(
        model=given["tools"], contents=[*history, _user(*answers)], config=_calling()
    )
    return {
        "calls": [[call.name, call.args] for call in calls],
        "signed": [bool(part.thought_signature) for part in parts if part.function_call],
        "text": second.text,
        "last": second.candidates[0].finish_reason.name,
    }


def _user(*parts: Any) -> Any:
    return types.Content(role="user", parts=list(parts))


def _calling() -> Any:
    off = types.AutomaticFunctionCallingConfig(disable=True)
    return Config(tools=[TOOLS], automatic_function_calling=off)


def automatic(client: Any, given: Given) -> Seen:
    """The SDK makes the declaration from the function, calls it, and sends the result."""
    places: list[str] = []

    def get_weather(location: str) -> str:
        """Tells the weather.

        Args:
            location: Where.
        """
        places.append(location)
        return "sunny"

    # Old versions read the annotations as they stand, and here they are text.
    get_weather.__annotations__ = {"location": str, "return": str}
    answer = client.models.generate_content(
        model=given["tools"],
        contents="[automatic] weather in Paris?",
        config=Config(tools=[get_weather]),
    )
    return {"places": places, "text": answer.text}


def chat(client: Any, given: Given) -> Seen:
    talk = client.chats.create(model=given["tools"])
    texts = [talk.send_message(f"[chat] {word}").text for word in ("one", "two")]
    return {"texts": texts, "turns": len(talk.get_history())}


SCENARIOS: list[Callable[[Any, Given], Seen]] = [tools, tools_stream, automatic, chat]
