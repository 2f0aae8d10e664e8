from __future__ import annotations

import pytest

from proxy.dialects.base import ModelInfo
from proxy.dialects.openai_responses.speaker import SPEAKER
from proxy.errors import GatewayError
from proxy.ir import Dialect
from proxy.operation import Action, Hints


def test_it_answers_under_its_path() -> None:
    operation = SPEAKER.match("/v1/responses", {}, Hints())
    assert operation is not None
    assert (operation.action, operation.dialect) == (Action.GENERATE, Dialect.OPENAI_RESPONSES)
    assert SPEAKER.owns("/v1/responses/resp_1", Hints())
    assert not SPEAKER.owns("/v1/chat/completions", Hints())


def test_a_kept_answer_can_be_read_and_deleted() -> None:
    operation = SPEAKER.match("/v1/responses/resp_1", {}, Hints())
    assert operation is not None
    assert (operation.action, operation.method, operation.id) == (Action.STORED, "GET", "resp_1")
    assert operation.others["DELETE"].verb == "delete"
    items = SPEAKER.match("/v1/responses/resp_1/input_items", {}, Hints())
    assert items is not None
    assert (items.verb, dict(items.others)) == ("input_items", {})


@pytest.mark.parametrize("path", ["compact", "input_tokens", "a/b", "a%20b", "a\0b", "x" * 201])
def test_other_paths_below_it_are_not_there(path: str) -> None:
    assert SPEAKER.match(f"/v1/responses/{path}", {}, Hints()) is None


@pytest.mark.parametrize(
    ("body", "stream"),
    [(b'{"model":"m","input":[1]}', False), (b'{"model":"m","stream":true}', True)],
)
def test_it_reads_the_head_of_a_body(body: bytes, stream: bool) -> None:
    operation = SPEAKER.match("/v1/responses", {}, Hints())
    assert operation is not None
    assert SPEAKER.head(body, operation) == ("m", stream)
    assert b'"model":"other"' in SPEAKER.with_model(body, "other")


def test_a_body_without_a_model_is_refused() -> None:
    operation = SPEAKER.match("/v1/responses", {}, Hints())
    assert operation is not None
    with pytest.raises(GatewayError) as caught:
        SPEAKER.head(b'{"input":"hi"}', operation)
    assert caught.value.param == "model"


def test_proofs_of_others_do_not_pass() -> None:
    assert SPEAKER.passable is not None
    assert SPEAKER.passable(b'{"input":"hi"}')
    assert not SPEAKER.passable(b'{"encrypted_content":"potluck.v1.self.."}')


def test_models_are_listed_as_openai_lists_them() -> None:
    listed = SPEAKER.models.render_list([ModelInfo("m", "openai", 5)], {})
    one = {"id": "m", "object": "model", "created": 5, "owned_by": "openai"}
    assert listed == {"object": "list", "data": [one]}
