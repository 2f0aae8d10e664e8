"""Paths, and what is read of a body first."""

from __future__ import annotations

import pytest

from proxy.dialects.anthropic.speaker import SPEAKER
from proxy.errors import GatewayError
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation

OURS = Hints(anthropic=True)
GENERATE = Operation(Action.GENERATE, Dialect.ANTHROPIC)


@pytest.mark.parametrize(
    ("path", "hints", "action", "model"),
    [
        ("/v1/messages", Hints(), Action.GENERATE, ""),
        ("/v1/messages/count_tokens", Hints(), Action.COUNT, ""),
        ("/v1/models", OURS, Action.MODELS, ""),
        ("/v1/models/claude-x", OURS, Action.MODEL, "claude-x"),
        ("/v1/models/host/claude-x", OURS, Action.MODEL, "host/claude-x"),
    ],
)
def test_its_paths(path: str, hints: Hints, action: Action, model: str) -> None:
    operation = SPEAKER.match(path, {}, hints)
    assert operation is not None
    assert (operation.action, operation.model) == (action, model)
    assert operation.dialect is Dialect.ANTHROPIC


@pytest.mark.parametrize(
    ("path", "hints"),
    [
        ("/v1/models", Hints()),
        ("/v1/models", Hints(google=True)),
        ("/v1/models/gemini:generateContent", OURS),
        ("/v1/messages/batches", OURS),
        ("/v1/chat/completions", OURS),
    ],
)
def test_other_paths_are_not_its_own(path: str, hints: Hints) -> None:
    assert SPEAKER.match(path, {}, hints) is None


def test_the_mark_of_a_beta_client_goes_on_to_the_upstream() -> None:
    operation = SPEAKER.match("/v1/messages", {"beta": "true", "key": "secret"}, Hints())
    assert operation is not None
    assert operation.forward == "beta=true"


def test_the_head_of_a_body() -> None:
    assert SPEAKER.head(b'{"model":"m","stream":true,"x":[1]}', GENERATE) == ("m", True)
    count = Operation(Action.COUNT, Dialect.ANTHROPIC)
    assert SPEAKER.head(b'{"model":"m","stream":true}', count) == ("m", False)


@pytest.mark.parametrize("body", [b"{}", b"[]", b"", b'{"model":5}', b"{"])
def test_a_body_without_a_model_is_refused(body: bytes) -> None:
    with pytest.raises(GatewayError):
        SPEAKER.head(body, GENERATE)


def test_another_model_changes_nothing_else() -> None:
    assert SPEAKER.with_model(b'{"a":1.50,"model":"m"}', "n") == b'{"a":1.50,"model":"n"}'
