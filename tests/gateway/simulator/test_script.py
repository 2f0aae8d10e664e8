"""What is answered to what."""

from __future__ import annotations

import json

import pytest

from gateway.simulator import faults, script, tokens
from gateway.simulator.answer import Candidate, Finish, Picture, Program, Thought
from gateway.simulator.question import Attachment, Choice, Question, Result, Thinking, Tool

A, B, C = (Tool(name, {}) for name in ("look_up", "add_up", "give_up"))
MANY = tuple(Tool(f"tool_{n}", {}) for n in range(9))


def ask(**asked: object) -> Candidate:
    question = Question(model="m", **{"text": "Hello", **asked})  # type: ignore[arg-type]
    return script.decide(question).candidates[0]


def calls(**asked: object) -> list[str]:
    return [call.name for call in ask(**asked).calls]


def test_it_echoes_the_question() -> None:
    assert ask().text == "You said: Hello"


def test_a_long_question_is_quoted_in_part() -> None:
    assert ask(text="x" * 1000).text == f"You said: {'x' * 200}… (1000 characters)"


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ({"tools": (A, B, C)}, ["look_up", "add_up"]),
        ({"tools": (A,)}, ["look_up"]),
        ({"tools": (A, B), "parallel": False}, ["look_up"]),
        ({"tools": (A, B), "choice": Choice.NONE}, []),
        ({"tools": (A, B), "choice": Choice.REQUIRED, "only": ("add_up",)}, ["add_up"]),
        ({"tools": (A, B), "results": (Result("look_up", "42"),)}, []),
        ({"tools": (A, B), "text": ""}, []),
        ({"tools": MANY}, []),
        ({"tools": MANY, "text": "Use tool_3 and tool_5"}, ["tool_3", "tool_5"]),
        ({"tools": MANY, "choice": Choice.REQUIRED}, ["tool_0", "tool_1"]),
    ],
)
def test_it_calls_tools(asked: dict[str, object], called: list[str]) -> None:
    assert calls(**asked) == called


def test_arguments_fit_the_schema() -> None:
    tool = Tool("weather", {"properties": {"location": {"type": "string"}}})
    assert ask(tools=(tool,)).calls[0].arguments == {"location": "Paris"}


def test_arguments_may_be_said_after_the_name() -> None:
    edit = Tool("edit", {}, custom=True)
    called = ask(tools=(A, edit), text='look_up {"id": 7}, then edit "a\\nb"').calls
    assert (called[0].arguments, called[1].text) == ({"id": 7}, "a\nb")


def test_arguments_of_the_wrong_kind_are_not_taken() -> None:
    tool = Tool("weather", {"properties": {"location": {"type": "string"}}})
    assert ask(tools=(tool,), text="weather 7").calls[0].arguments == {"location": "Paris"}


def test_it_quotes_what_tools_answered() -> None:
    results = (Result("look_up", "42"), Result("add_up", "no", is_error=True))
    assert ask(results=results, text="").text == (
        "The tool look_up answered: 42\nThe tool add_up failed with: no"
    )


def test_it_tells_what_it_received() -> None:
    text = ask(attachments=(Attachment("image/png", b"abc"),)).text
    assert text == "I received image/png, 3 bytes, sha256 ba7816bf8f01cfea\nYou said: Hello"


def test_it_points_to_what_it_did_not_fetch() -> None:
    text = ask(attachments=(Attachment("", uri="https://example.com/a.png"),)).text
    assert "https://example.com/a.png" in text


def test_it_keeps_to_a_schema() -> None:
    text = ask(schema={"properties": {"age": {"type": "integer"}}}).text
    assert json.loads(text) == {"age": 7}


def test_any_json_holds_the_usual_answer() -> None:
    assert json.loads(ask(schema={}).text) == {"answer": "You said: Hello"}


def test_a_stop_sequence_ends_the_text_before_it() -> None:
    said = ask(text="one two three", stop=("three", "two"))
    assert (said.text, said.finish, said.sequence) == (
        "You said: one ",
        Finish.SEQUENCE,
        "two",
    )


def test_the_token_limit_cuts() -> None:
    said = ask(text="one two three", max_tokens=3)
    assert said.finish is Finish.LENGTH
    assert tokens.count(said.text) == 3


def test_every_candidate_is_its_own() -> None:
    answer = script.decide(Question(model="m", text="Hello", n=2))
    assert [each.text for each in answer.candidates] == [
        "You said: Hello",
        "You said: Hello (choice 2)",
    ]


@pytest.mark.parametrize("thinking", list(Thinking))
def test_thoughts_are_shown_when_wanted(thinking: Thinking) -> None:
    answer = script.decide(Question(model="m", text="Hello", thinking=thinking))
    shown = isinstance(answer.candidates[0].parts[0], Thought)
    assert shown is (thinking is Thinking.SHOWN)
    assert (answer.usage.thinking > 0) is (thinking is not Thinking.OFF)


def test_code_is_run_before_the_answer() -> None:
    assert isinstance(ask(code=True).parts[0], Program)


def test_an_image_follows_the_text() -> None:
    picture = ask(image=True).parts[-1]
    assert isinstance(picture, Picture)
    assert picture.data.startswith(b"\x89PNG")


def test_a_search_answer_is_not_ascii() -> None:
    said = ask(search=True)
    assert not said.text.isascii()
    assert said.grounding is not None
    assert all(piece in said.text for piece, _ in said.grounding.supports)


def test_usage_counts_each_attachment() -> None:
    question = Question(model="m", text="Hi", prompt=3, media=("IMAGE", "AUDIO", "IMAGE"))
    usage = script.decide(question).usage
    assert usage.media == (("AUDIO", 258), ("IMAGE", 516))
    assert usage.prompt == 3 + 258 + 516


@pytest.mark.parametrize(
    ("order", "finish"),
    [
        ("block-answer", Finish.BLOCKED),
        ("empty", Finish.STOP),
        ("malformed", Finish.MALFORMED),
        ("overthink", Finish.LENGTH),
    ],
)
def test_twisted_answers_say_nothing(order: str, finish: Finish) -> None:
    (said,) = script.decide(Question(model="m"), faults.parse(order)).candidates
    assert (said.parts, said.finish) == ((), finish)


def test_a_blocked_prompt_has_no_candidate() -> None:
    assert script.decide(Question(model="m"), faults.parse("block")).candidates == ()


def test_so_many_tokens_are_said() -> None:
    answer = script.decide(Question(model="m"), faults.parse("tokens-1500"))
    assert answer.usage.output == tokens.count(answer.candidates[0].text) == 1500


def test_a_truncated_answer_goes_on_where_it_stopped() -> None:
    said, finish = "", Finish.LENGTH
    while finish is Finish.LENGTH:
        answer = script.decide(Question(model="m", said=said), faults.parse("truncate-20"))
        said, finish = said + answer.candidates[0].text, answer.candidates[0].finish
    assert said.startswith("Counting to one hundred: 1, 2, 3, ")
    assert said.endswith(" 99, 100. That is all.")
