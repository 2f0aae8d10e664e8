"""Limits and sampling of other dialects, as this model takes them."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.ir import Reasoning, Request, Role, Sampling, Text, Turn

HI = Turn(Role.USER, (Text("hi"),))
OLD, NEW = "claude-sonnet-4-5", "claude-opus-5-5"


def render(model: str, **more: Any) -> tuple[dict[str, Any], list[str]]:
    asked: dict[str, Any] = {"model": model, "turns": (HI,), **more}
    rendered = CODEC.render_request(Request(**asked))
    body = {k: v for k, v in rendered.body.items() if k not in ("model", "messages", "thinking")}
    return body, [loss.field for loss in rendered.losses]


@pytest.mark.parametrize(
    ("sampling", "body", "lost"),
    [
        (Sampling(temperature=0.5, top_k=5), {"temperature": 0.5, "top_k": 5}, []),
        (Sampling(top_p=0.5), {"top_p": 0.5}, []),
        (Sampling(temperature=1, top_p=0.95), {"temperature": 1}, ["top_p"]),
        (Sampling(temperature=1.5), {"temperature": 1}, ["temperature"]),
        (Sampling(stop=("END", " \n")), {"stop_sequences": ["END"]}, ["stop"]),
        (Sampling(stop=()), {}, []),
        (Sampling(n=1, logprobs=False), {}, []),
        (Sampling(seed=1, top_logprobs=2), {}, ["seed", "logprobs"]),
        (
            Sampling(presence_penalty=1, frequency_penalty=0),
            {},
            ["presence_penalty", "frequency_penalty"],
        ),
        (Sampling(max_tokens=5), {"max_tokens": 5}, []),
    ],
)
def test_sampling(sampling: Sampling, body: Any, lost: list[str]) -> None:
    assert render(OLD, sampling=sampling) == ({"max_tokens": 8192, **body}, lost)


def test_the_first_models_have_a_smaller_limit() -> None:
    assert render("claude-3-haiku-20240307")[0]["max_tokens"] == 4096


def test_the_newest_models_take_no_sampling() -> None:
    said = Sampling(temperature=1, top_p=0.9, top_k=5)
    assert render(NEW, sampling=said) == ({"max_tokens": 8192}, ["temperature", "top_p", "top_k"])


@pytest.mark.parametrize(
    ("sampling", "lost"),
    [
        (Sampling(temperature=1, top_k=5), ["top_k"]),
        (Sampling(temperature=0.5), ["temperature"]),
        (Sampling(top_p=0.9), ["top_p"]),
        (Sampling(top_p=0.97), []),
    ],
)
def test_thoughts_leave_little_to_sample(sampling: Sampling, lost: list[str]) -> None:
    assert render(OLD, sampling=sampling, reasoning=Reasoning(effort="low"))[1] == lost
