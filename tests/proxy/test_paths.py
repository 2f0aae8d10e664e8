"""Request lines lead to operations, and every one of them is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy import paths
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation

DOCS = (Path(__file__).parents[2] / "docs" / "endpoints.md").read_text(encoding="utf-8")
CHAT, GEMINI = Dialect.OPENAI_CHAT, Dialect.GEMINI
NOBODY, GOOGLE = Hints(), Hints(google=True)


@pytest.mark.parametrize(
    ("line", "hints", "expected"),
    [
        ("POST /v1/chat/completions", NOBODY, Operation(Action.GENERATE, CHAT)),
        (
            "POST /v1/completions",
            NOBODY,
            Operation(Action.GENERATE, Dialect.OPENAI_COMPLETIONS),
        ),
        ("POST /v1/embeddings", NOBODY, Operation(Action.EMBED, CHAT, stream=False)),
        ("GET /v1/models", NOBODY, Operation(Action.MODELS, CHAT, method="GET")),
        ("POST /v1/messages", NOBODY, Operation(Action.GENERATE, Dialect.ANTHROPIC)),
        ("GET /v1/models", GOOGLE, Operation(Action.MODELS, GEMINI, method="GET")),
        ("GET /v1/models/a/b", NOBODY, Operation(Action.MODEL, CHAT, method="GET", model="a/b")),
        ("GET /v1/models/m", GOOGLE, Operation(Action.MODEL, GEMINI, method="GET", model="m")),
        ("GET /v1beta/models", NOBODY, Operation(Action.MODELS, GEMINI, method="GET")),
        ("GET /v1beta/models/m", NOBODY, Operation(Action.MODEL, GEMINI, method="GET", model="m")),
    ],
)
def test_it_finds_the_operation(line: str, hints: Hints, expected: Operation) -> None:
    method, path = line.split(" ")
    assert paths.match(method, path, {}, hints) == expected


def test_a_path_may_take_several_methods() -> None:
    found = {each: paths.match(each, "/v1/responses/r", {}, NOBODY) for each in ("GET", "DELETE")}
    assert {name: each.verb for name, each in found.items()} == {
        "GET": "retrieve",
        "DELETE": "delete",
    }
    within = paths.match("DELETE", "/deepseek/v1/responses/r", {}, NOBODY)
    assert (within.verb, within.within) == ("delete", "deepseek")
    with pytest.raises(GatewayError) as caught:
        paths.match("PUT", "/v1/responses/r", {}, NOBODY)
    assert caught.value.headers["allow"] == "GET, HEAD, DELETE"


@pytest.mark.parametrize("root", ["/v1beta", "/v1", ""])
@pytest.mark.parametrize(
    ("method", "action", "stream", "array", "batch"),
    [
        ("generateContent", Action.GENERATE, False, False, False),
        ("streamGenerateContent", Action.GENERATE, True, True, False),
        ("countTokens", Action.COUNT, False, False, False),
        ("embedContent", Action.EMBED, False, False, False),
        ("batchEmbedContents", Action.EMBED, False, False, True),
    ],
)
def test_it_reads_geminis_paths(
    root: str, method: str, action: Action, stream: bool, array: bool, batch: bool
) -> None:
    found = paths.match("POST", f"{root}/models/org/m:{method}", {}, NOBODY)
    assert found == Operation(
        action, GEMINI, model="org/m", stream=stream, array=array, batch=batch
    )


def test_alt_sse_makes_a_stream_of_events() -> None:
    path = "/v1beta/models/m:streamGenerateContent"
    found = paths.match("POST", path, {"alt": "sse", "key": "secret"}, NOBODY)
    assert (found.array, found.forward) == (False, "alt=sse")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("POST /v1/nothing", ErrorKind.PATH_NOT_FOUND),
        ("POST /v1beta/models/m:predict", ErrorKind.PATH_NOT_FOUND),
        ("GET /v1/chat/completions", ErrorKind.METHOD_NOT_ALLOWED),
        ("DELETE /v1beta/models/m:generateContent", ErrorKind.METHOD_NOT_ALLOWED),
    ],
)
def test_it_says_what_is_wrong_with_a_line(line: str, kind: ErrorKind) -> None:
    method, path = line.split(" ")
    with pytest.raises(GatewayError) as caught:
        paths.match(method, path, {}, NOBODY)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("path", "claimed"),
    [("/v1/x", True), ("/v1beta/x", True), ("/models/x", True), ("/v1x", False), ("/auth", False)],
)
def test_it_claims_only_the_model_api(path: str, claimed: bool) -> None:
    assert paths.claims(path) is claimed


@pytest.mark.parametrize(
    ("path", "hints", "dialect"),
    [
        ("/v1/nothing", NOBODY, CHAT),
        ("/v1/nothing", GOOGLE, GEMINI),
        ("/v1/nothing", Hints(anthropic=True), Dialect.ANTHROPIC),
        ("/v1/messages/batches", NOBODY, Dialect.ANTHROPIC),
        ("/v1beta/nothing", NOBODY, GEMINI),
        ("/v1/models/m:predict", NOBODY, GEMINI),
    ],
)
def test_errors_about_unknown_paths_have_a_dialect(
    path: str, hints: Hints, dialect: Dialect
) -> None:
    assert paths.dialect_of(path, hints) is dialect


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_error_code_is_documented(kind: ErrorKind) -> None:
    assert f"| `{kind}` | {kind.http_status()}" in DOCS


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/v1/embeddings",
        "/v1/responses",
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/v1/models",
        "/v1beta/models/{model}:generateContent",
        "/v1beta/models/{model}:streamGenerateContent",
        "/v1beta/models/{model}:countTokens",
        "/v1beta/models/{model}:embedContent",
        "/v1beta/models/{model}:batchEmbedContents",
    ],
)
def test_every_documented_path_is_served(path: str) -> None:
    assert path in DOCS
    method = "GET" if path.endswith("models") else "POST"
    paths.match(method, path.replace("{model}", "m"), {}, NOBODY)


@pytest.mark.parametrize(
    ("path", "within", "rest"),
    [
        ("/deepseek/v1/chat/completions", "deepseek", "/v1/chat/completions"),
        ("/gemini_cli/v1beta/models/m:generateContent", "gemini_cli", None),
        ("/v1/chat/completions", "", "/v1/chat/completions"),
        ("/models/v1/x:generateContent", "", None),
        ("/v1internal:loadCodeAssist", "", None),
        ("/gemini_cli/v1internal:loadCodeAssist", "gemini_cli", "/v1internal:loadCodeAssist"),
    ],
)
def test_a_segment_before_the_version_limits_who_answers(
    path: str, within: str, rest: str | None
) -> None:
    assert paths.claims(path)
    found, inner = paths.split(path)
    assert found == within
    assert rest is None or inner == rest


def test_the_operation_says_who_may_answer() -> None:
    found = paths.match("POST", "/deepseek/v1/chat/completions", {}, NOBODY)
    assert found == Operation(Action.GENERATE, CHAT, within="deepseek")


@pytest.mark.parametrize(
    "path", ["/", "/panel", "/auth/keys", "/v1x/models", "/a/b/v1/models", "/Deep/v1/models"]
)
def test_pages_are_not_claimed(path: str) -> None:
    assert not paths.claims(path)


def test_what_a_path_means_depends_on_who_asks_and_how() -> None:
    path = "/v1/models"
    for hints, dialect in ((NOBODY, CHAT), (GOOGLE, GEMINI), (NOBODY, CHAT)):
        assert paths.match("GET", path, {}, hints).dialect is dialect
        with pytest.raises(GatewayError):
            paths.match("POST", path, {}, hints)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("POST /chat/completions", "/v1/chat/completions"),
        ("POST /responses", "/v1/responses"),
        ("GET /responses/resp_1/input_items", "/v1/responses/resp_1/input_items"),
        ("POST /completions", "/v1/completions"),
        ("POST /embeddings", "/v1/embeddings"),
        ("POST /images/generations", "/v1/images/generations"),
        ("POST /messages", "/v1/messages"),
        ("POST /messages/count_tokens", "/v1/messages/count_tokens"),
        ("POST //v1/chat/completions", "/v1/chat/completions"),
        ("POST /v1//chat/completions", "/v1/chat/completions"),
        ("POST /v1/v1/messages", "/v1/messages"),
        ("POST /v1/v1beta/models/m:generateContent", "/v1beta/models/m:generateContent"),
        ("POST /v1/chat/completions/", "/v1/chat/completions"),
        ("GET /v1/models/", "/v1/models"),
        ("GET /models", "/v1/models"),
        ("POST /v1beta/openai/chat/completions", "/v1/chat/completions"),
        ("GET /v1beta/openai/models/m", "/v1/models/m"),
    ],
)
def test_a_base_url_that_is_nearly_right_is_good_enough(line: str, meant: str) -> None:
    method, path = line.split(" ")
    assert paths.claims(path)
    assert paths.match(method, path, {}, NOBODY) == paths.match(method, meant, {}, NOBODY)


def test_behind_a_provider_as_well() -> None:
    found = paths.match("POST", "/deepseek/v1/v1/chat/completions/", {}, NOBODY)
    assert found == Operation(Action.GENERATE, CHAT, within="deepseek")


def test_google_s_clients_list_without_a_version_in_their_own_shape() -> None:
    assert paths.match("GET", "/models", {}, GOOGLE).dialect is GEMINI


@pytest.mark.parametrize("path", ["//panel", "/panel/", "/message", "/chat", "/a/chat/completions"])
def test_no_page_is_taken_for_a_mistake(path: str) -> None:
    assert not paths.claims(path)


def test_an_unknown_path_is_told_which_there_are() -> None:
    with pytest.raises(GatewayError, match=r"/v1/responses.*/v1/messages.*/v1beta/models"):
        paths.match("POST", "/v1/nothing", {}, NOBODY)


@pytest.mark.parametrize("path", ["/v1/models", "/v1beta/models/m", "/v1/responses/r"])
def test_head_is_taken_where_get_is(path: str) -> None:
    assert paths.match("HEAD", path, {}, NOBODY) == paths.match("GET", path, {}, NOBODY)
