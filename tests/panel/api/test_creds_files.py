"""Files of credentials, in and out; and what environment variables bring."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from credentials.kinds import Kind, Source
from credentials.models import Credential
from tests.support.console import PASSWORD, Caller
from tests.support.pool import PLANTED, Note, add, lend, trail

__all__ = ["trail"]

pytestmark = pytest.mark.django_db

KEYS = f"AIza{PLANTED}-1\nAIza{PLANTED}-2\n"
ACCOUNT = {
    "type": "authorized_user",
    "refresh_token": f"1//{PLANTED}",
    "client_id": f"{PLANTED}.apps.test",
    "client_secret": PLANTED,
}
PATHS = ("/auth/upload", "/creds/upload")


def post(caller: Caller, path: str, data: dict[str, Any]) -> tuple[int, Any]:
    found = caller.client.post(path, data, headers=caller.headers)
    assert PLANTED not in found.content.decode()
    return found.status_code, json.loads(found.content)


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def packed(**files: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def download(admin: Caller, path: str) -> bytes:
    found = admin.client.get(path, headers={**admin.headers, "Accept": "application/zip"})
    assert found.status_code == 200
    assert found["Content-Disposition"].startswith("attachment; filename=")
    assert found["Cache-Control"] == "no-store"
    return found.getvalue()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("field", ["files", "files[]"])
def test_each_file_has_a_result(admin: Caller, trail: list[Note], path: str, field: str) -> None:
    files = [
        file("keys.txt", KEYS),
        file("more.zip", packed(a=KEYS, b=json.dumps(ACCOUNT))),
        file("bad.json", "{" + PLANTED),
    ]
    status, found = post(admin, path, {field: files})
    results = [(each["name"], each["added"], each["known"]) for each in found["files"]]
    assert status == 200
    assert results == [
        ("keys.txt", 2, 0),
        ("more.zip/a", 0, 2),
        ("more.zip/b", 1, 0),
        ("bad.json", 0, 0),
    ]
    assert (found["added"], found["known"]) == (3, 2)
    assert "JSON" in found["files"][3]["error"]
    assert [(note.action, note.target) for note in trail] == [
        ("credential.import", "keys.txt"),
        ("credential.import", "more.zip/b"),
    ]


def test_keys_are_of_the_provider_that_is_named(admin: Caller) -> None:
    data = {
        "files": [file("keys.txt", KEYS)],
        "provider": "groq",
        "base_url": "https://groq.test/v1",
    }
    _, found = post(admin, "/creds/upload", data)
    ((service,),) = [each["services"] for each in found["files"]]
    assert service["name"] == "groq"
    assert 'base_url = "https://groq.test/v1"' in service["toml"]
    row = Credential.objects.first()
    assert row is not None
    assert (row.provider, row.kind, row.source) == ("groq", Kind.OPENAI_COMPATIBLE, Source.IMPORT)


def test_a_provider_that_is_not_there_is_named_with_those_that_are(admin: Caller) -> None:
    data = {"files": [file("keys.txt", KEYS)], "provider": "gemni"}
    status, found = post(admin, "/creds/upload", data)
    assert (status, found["error"]["code"]) == (400, "invalid_request")
    known = "anthropic, code-assist, gemini, openai, vertex"
    assert f"Known are: {known}." in found["error"]["fields"]["provider"]
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"provider": "groq"},
        {"files": "no file"},
        {"files": [file("keys.txt", KEYS)], "overwrite": "yes"},
        {"other": [file("keys.txt", KEYS)]},
        {"files": [file("keys.txt", KEYS)], "provider": "x" * 65},
        {"files": [file(f"{number}.txt", KEYS) for number in range(101)]},
        {"files": [file("keys.txt", KEYS)], "base_url": "x" * (5 << 20)},
    ],
    ids=["nothing", "no files", "text", "unknown", "elsewhere", "long", "many", "huge"],
)
def test_an_upload_of_anything_else_is_refused(admin: Caller, data: dict[str, Any]) -> None:
    for each in data.get("files", ()):
        if not isinstance(each, str):
            each.seek(0)
    status, found = post(admin, "/creds/upload", data)
    assert (status, found["error"]["code"]) == (400, "invalid_request")
    assert not Credential.objects.exists()


@pytest.mark.parametrize("path", PATHS)
def test_a_body_of_another_kind_is_refused(admin: Caller, path: str) -> None:
    assert admin("POST", path, {"files": []}).status == 415
    kind = "multipart/form-data"
    for content, boundary in (
        (b"", ""),
        (b"x", ""),
        (b"x", "; boundary=b"),
        (b"--b", "; boundary=b"),
    ):
        found = admin.client.generic(
            "POST", path, content, content_type=kind + boundary, headers=admin.headers
        )
        assert found.status_code == 400


class Unread(io.RawIOBase):
    """A body that nobody may look at."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("the body of a stranger was read")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("sent", ["", "Bearer wrong", f"Bearer sk-{'a' * 43}", "Bearer eyJ.a.b"])
@pytest.mark.usefixtures("console")
def test_nobody_reads_a_stranger_s_body(path: str, sent: str) -> None:
    headers = {"Authorization": sent} if sent else {}
    found = Client().generic(
        "POST",
        path,
        b"x",
        content_type="multipart/form-data; boundary=b",
        headers=headers,
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000000"},  # type: ignore[arg-type]
    )
    assert found.status_code in (401, 429)


def test_a_browser_uploads_with_its_cookie(console: Client) -> None:
    Caller(console)("POST", "/auth/login", {"password": PASSWORD})
    console.handler.enforce_csrf_checks = True
    data = {"files": [file("keys.txt", KEYS)]}
    assert console.post("/creds/upload", data).status_code == 403
    data["files"][0].seek(0)
    csrf = {"X-CSRFToken": console.cookies["csrftoken"].value}
    found = console.post("/creds/upload", data, headers=csrf)
    assert found.json()["added"] == 2
    many = {"files": [file(f"{number}.txt", KEYS) for number in range(101)]}
    assert console.post("/creds/upload", many, headers=csrf).status_code == 400


def test_a_large_file_is_kept_in_memory(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", None)
    text = KEYS + "# " + "x" * (3 << 20)
    assert post(admin, "/creds/upload", {"files": [file("keys.txt", text)]})[1]["added"] == 2


def test_one_is_downloaded_with_its_secret(admin: Caller, trail: list[Note]) -> None:
    id = add("one")
    for name in (id, f"{id}-gemini-gemini_api.json"):
        assert PLANTED in json.loads(download(admin, f"/creds/download/{name}"))["api_key"]
    assert [note[:2] for note in trail] == [("credential.export", f"credential {id}")] * 2


def test_all_are_downloaded_as_a_zip_file(admin: Caller, trail: list[Note]) -> None:
    ids = [add("one"), lend()]
    add("lent", source=Source.CONTRIBUTED)
    with zipfile.ZipFile(io.BytesIO(download(admin, "/creds/download-all"))) as archive:
        assert [int(name.partition("-")[0]) for name in archive.namelist()] == ids
    after = {"count": 2, "left_out": 1}
    assert trail == [Note("credential.export", "all credentials", {}, after)]


def test_what_was_contributed_is_shown_to_nobody(admin: Caller, trail: list[Note]) -> None:
    answer = admin("GET", f"/creds/download/{add('lent', source=Source.CONTRIBUTED)}")
    assert (answer.status, answer.code, trail) == (409, "contributed", [])


def test_what_cannot_be_opened_is_said_and_not_noted(admin: Caller, trail: list[Note]) -> None:
    id = add("one")
    Credential.objects.update(sealed="gAAAA")
    answer = admin("GET", f"/creds/download/{id}")
    assert (answer.status, answer.code, trail) == (409, "sealed", [])
    assert admin("GET", "/creds/download/999").status == 404


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("GCLI_CREDS_1", json.dumps(ACCOUNT))
    monkeypatch.setenv("GCLI_CREDS_bad", "{" + PLANTED)
    yield monkeypatch


def test_accounts_come_and_go_with_the_environment(
    admin: Caller, variables: pytest.MonkeyPatch, trail: list[Note]
) -> None:
    assert admin("GET", "/auth/env-creds-status").body["stored"] == 0
    loaded = admin("POST", "/auth/load-env-creds").body
    assert (loaded["added"], [each["name"] for each in loaded["broken"]]) == (1, ["GCLI_CREDS_bad"])
    again = admin("POST", "/auth/load-env-creds").body
    assert (again["added"], again["kept"]) == (0, 1)
    found = admin("GET", "/auth/env-creds-status").body
    assert (found["stored"], found["loaded"]) == (1, 1)
    assert [each["loaded"] for each in found["variables"]] == [1, 0]
    assert admin("DELETE", "/auth/env-creds").body == {"removed": 1}
    assert admin("DELETE", "/auth/env-creds").body == {"removed": 0}
    assert [note.action for note in trail] == ["credential.load", "credential.unload"]


def test_no_answer_about_variables_holds_what_they_hold(
    admin: Caller, variables: pytest.MonkeyPatch
) -> None:
    for method, path in (
        ("GET", "/auth/env-creds-status"),
        ("POST", "/auth/load-env-creds"),
        ("DELETE", "/auth/env-creds"),
    ):
        assert PLANTED not in json.dumps(admin(method, path).body)
