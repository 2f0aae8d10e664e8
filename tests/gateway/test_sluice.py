"""Bodies of the console's requests: large ones are the administrator's, and read only then."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application
from django.test import Client

from gateway.sluice import Sluice
from panel.threshold import BODY, CARGO, FORM
from tests.support.asgi import Caller, call
from tests.support.console import PASSWORD, console

__all__ = ["console"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site", "console")]

UPLOADS = ("/auth/upload", "/creds/upload", "/panel/credentials/upload")
PASSED = ("authorization", f"Bearer {PASSWORD}")


async def sluiced(scope: Any, receive: Any, send: Any) -> None:
    await get_asgi_application()(scope, Sluice(scope, receive, send), send)


async def announced(path: str, size: int, *headers: tuple[str, str]) -> Caller:
    """Says that `size` bytes will come, and sends none of them."""
    sent = [("content-length", str(size)), *headers]
    return await call(sluiced, "POST", path, headers=sent, chunks=[b""])


@pytest.fixture
async def cookie(console: Client) -> tuple[str, str]:
    await sync_to_async(console.post)("/login", {"password": PASSWORD})
    return "cookie", f"potluck_session={console.cookies['potluck_session'].value}"


@pytest.mark.parametrize("path", ["/auth/login", "/login", "/auth/query", "/auth", "/nowhere"])
async def test_a_large_body_is_refused_unread_where_forms_are_public(path: str) -> None:
    caller = await announced(path, FORM + 1)
    assert caller.status == 413 and caller.headers["connection"] == "close"
    assert b"64 KiB" in caller.body


@pytest.mark.parametrize("path", UPLOADS)
async def test_a_stranger_s_file_is_refused_unread_like_everything_else_of_theirs(
    path: str,
) -> None:
    caller = await announced(path, FORM + 1)
    assert caller.headers["connection"] == "close"
    assert caller.headers["content-security-policy"]
    if path.startswith("/panel"):
        assert (caller.status, caller.headers["location"]) == (302, "/login")
    else:
        assert (caller.status, caller.json["error"]["code"]) == (401, "not_authenticated")
        assert caller.headers["www-authenticate"].startswith("Bearer")


async def test_a_stranger_s_body_of_unknown_length_is_read_no_further_than_a_form() -> None:
    chunks = [b"x" * FORM, b"x", b"the rest", b""]
    caller = await call(sluiced, "POST", "/auth/upload", chunks=chunks)
    assert caller.status == 401 and caller.headers["connection"] == "close"


async def test_a_wrong_password_is_called_one() -> None:
    caller = await announced("/auth/upload", FORM + 1, ("authorization", "Bearer guess"))
    assert (caller.status, caller.json["error"]["code"]) == (401, "wrong_password")


@pytest.mark.parametrize("path", UPLOADS)
async def test_the_administrator_brings_files_up_to_the_limit(
    path: str, cookie: tuple[str, str]
) -> None:
    token = ("x-csrftoken", "t" * 32)
    both = (cookie[0], f"{cookie[1]}; csrftoken={'t' * 32}")
    inside = await announced(path, CARGO, both, token)
    assert inside.status in (415, 422), "what came is no file, but may come"
    beyond = await announced(path, CARGO + 1, both, token)
    assert beyond.status == 413


async def test_a_script_brings_a_file_of_many_mebibytes_with_the_password() -> None:
    part = b'--cut\r\ncontent-disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
    body = [part + b"#" * 2**20, *[b"#" * 2**20] * 9, b"\r\n--cut--\r\n"]
    sent = [("content-type", "multipart/form-data; boundary=cut"), PASSED]
    length = ("content-length", str(sum(map(len, body))))
    found = await call(sluiced, "POST", "/creds/upload", headers=[*sent, length], chunks=body)
    assert found.status == 200
    assert [file["name"] for file in found.json["files"]] == ["big.txt"]


async def test_what_is_no_file_stays_smaller() -> None:
    kind = ("content-type", "application/json")
    assert (await announced("/config/save", BODY, PASSED, kind)).status == 400
    assert (await announced("/config/save", BODY + 1, PASSED, kind)).status == 413


async def test_a_body_of_unknown_length_ends_at_the_administrator_s_limit() -> None:
    chunks = [b"x" * 2**20] * 5
    caller = await call(sluiced, "POST", "/config/save", headers=[PASSED], chunks=chunks)
    assert caller.status == 413
    assert caller.json["error"]["code"] == "request_too_large"


async def test_a_form_passes_untouched() -> None:
    kind = [("content-type", "application/json"), ("content-length", "26")]
    body = {"password": PASSWORD}
    assert (await call(sluiced, "POST", "/auth/login", headers=kind, body=body)).status == 200
