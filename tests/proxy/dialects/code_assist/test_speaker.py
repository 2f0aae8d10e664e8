from __future__ import annotations

import pytest

from proxy import paths
from proxy.dialects.code_assist.account import OPERATION, Verb
from proxy.dialects.code_assist.speaker import SPEAKER
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation

ROOT = "/v1internal"
GENERATE = Operation(Action.GENERATE, Dialect.CODE_ASSIST, stream=False)
COUNT = Operation(Action.COUNT, Dialect.CODE_ASSIST, stream=False)


def matched(method: str, path: str, **query: str) -> Operation:
    return paths.match(method, path, query, Hints())


def test_questions_are_told_by_their_method() -> None:
    assert matched("POST", f"{ROOT}:generateContent") == GENERATE
    assert matched("POST", f"{ROOT}:countTokens") == COUNT


def test_a_stream_is_an_array_unless_sse_is_asked_for() -> None:
    path = f"{ROOT}:streamGenerateContent"
    sse, array = matched("POST", path, alt="sse"), matched("POST", path)
    assert (sse.stream, sse.array, sse.forward) == (True, False, "alt=sse")
    assert (array.stream, array.array, array.forward) == (True, True, "")


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb is not Verb.OPERATION])
def test_the_account_is_asked_by_its_methods(verb: Verb) -> None:
    method = "GET" if verb is Verb.SETTING else "POST"
    operation = matched(method, f"{ROOT}:{verb}")
    assert (operation.action, operation.verb) == (Action.LOCAL, verb)


def test_an_operation_is_polled() -> None:
    operation = matched("GET", f"{ROOT}/{OPERATION}")
    assert (operation.action, operation.verb) == (Action.LOCAL, Verb.OPERATION)


@pytest.mark.parametrize(
    "path", [":embedContent", ":", "", "/operations/other", "/x:generateContent", ":operations"]
)
def test_other_paths_are_not_there(path: str) -> None:
    with pytest.raises(GatewayError) as caught:
        matched("POST", ROOT + path)
    assert caught.value.kind is ErrorKind.PATH_NOT_FOUND
    assert paths.dialect_of(ROOT + path, Hints()) is Dialect.CODE_ASSIST


def test_the_wrong_method_is_told() -> None:
    with pytest.raises(GatewayError) as caught:
        matched("GET", f"{ROOT}:generateContent")
    assert caught.value.status == 405


@pytest.mark.parametrize(
    ("operation", "body", "model"),
    [
        (GENERATE, b'{"model":"m","project":"p","request":{"contents":[]}}', "m"),
        (GENERATE, b'{"model":"models/m","request":{"model":"inside"}}', "m"),
        (COUNT, b'{"request":{"model":"models/m","contents":[]}}', "m"),
        (COUNT, b'{"model":"m","request":{"contents":[]}}', "m"),
    ],
)
def test_the_head_names_the_model(operation: Operation, body: bytes, model: str) -> None:
    assert SPEAKER.head(body, operation) == (model, False)


@pytest.mark.parametrize(
    ("operation", "body", "field"),
    [
        (GENERATE, b'{"request":{"model":"m"}}', "model"),
        (GENERATE, b'{"model":5}', None),
        (GENERATE, b'{"model":"m","request":[]}', None),
        (GENERATE, b"", None),
        (COUNT, b'{"request":{"contents":[]}}', "request.model"),
    ],
)
def test_a_head_without_a_model_is_refused(
    operation: Operation, body: bytes, field: str | None
) -> None:
    with pytest.raises(GatewayError) as caught:
        SPEAKER.head(body, operation)
    assert (caught.value.status, caught.value.param) == (400, field)


def test_another_model_leaves_all_other_bytes_alone() -> None:
    body = b'{"model":"a","project": "p" ,"request":{"contents" : [1.0, "\\u00e9"]}}'
    assert SPEAKER.with_model(body, "b") == (
        b'{"model":"b","project":"p","request":{"contents" : [1.0, "\\u00e9"]}}'
    )


def test_another_model_is_counted_by_its_whole_name() -> None:
    body = b'{"request":{"model":"models/a","contents":[ 1 ]}}'
    assert SPEAKER.with_model(body, "b") == b'{"request":{"model":"models/b","contents":[ 1 ]}}'
