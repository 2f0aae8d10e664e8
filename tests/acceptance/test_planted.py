"""A gateway that knows forty secrets is asked everything, and tells none of them anywhere."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable, Iterator
from fnmatch import filter as matching
from fnmatch import fnmatchcase

import pytest

from tests.acceptance import tour
from tests.acceptance.outing import Outing, begun
from tests.acceptance.planted import Planted
from tests.support.simulator import Upstream

CARRIERS: dict[str, tuple[str, ...]] = {
    "POST /auth/login": ("session*",),
    "POST /auth/refresh": ("session*",),
    "POST /auth/keys": ("key", "spare key", "link of the *"),
    "POST /api-key-admin/new": ("key of a page", "link of a page"),
    "POST /auth/handout/claim": ("key",),
    "POST /auth/start": ("receipt",),
    "POST /key/{token}": ("spare key",),
    "GET /creds/download/{credential}": ("refresh token of *", "client secret of *", "access *"),
}
"""Answers that must tell a secret to whoever asks, and globs of the names of such secrets.
Whoever adds one decides here that it must."""

ENCODED: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "half of it": lambda text: text[:20],
    "the other half": lambda text: text[-20:],
    "turned round": lambda text: text[::-1],
    "in a URL": lambda text: urllib.parse.quote(text, safe=""),
    "in base64": lambda text: base64.b64encode(f"a{text}:".encode()).decode(),
    "in base64 for URLs": lambda text: base64.urlsafe_b64encode(f"{{{text}".encode()).decode(),
    "in hexadecimal": lambda text: text.encode().hex(),
}


@pytest.fixture(scope="module")
def outing(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Outing]:
    simulated.reset()
    with begun(tmp_path_factory.mktemp("planted"), simulated) as found:
        tour.whole(found)
        yield found
    simulated.reset()


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
def test_a_secret_is_found_however_it_is_written(encode: Callable[[str], str]) -> None:
    planted = Planted({"other": "x" * 20, "one": "1//a+b/c=" + "d-e_f" * 8})
    assert planted.found(f"<p>{encode(planted['one'])}</p>".encode()) == {"one"}


def test_the_tour_meets_all_that_can_happen(outing: Outing) -> None:
    statuses = {heard.status for heard in outing.heard}
    assert statuses >= {200, 201, 302, 400, 401, 403, 404, 405, 409, 410, 422, 429, 500, 502, 503}
    served = {heard.what.removeprefix("POST ") for heard in outing.heard if heard.status == 200}
    assert served >= {path for path, _ in tour.asks("gemini-2.5-flash").values()}
    sent = json.dumps([[dict(e.headers), e.body.decode()] for e in outing.upstream.requests])
    assert len(outing.planted.found(sent.encode())) > 15


def test_no_answer_tells_a_secret(outing: Outing) -> None:
    leaks = [
        f"{heard.what} ({heard.status}) tells the {name}"
        for heard in outing.heard
        for name in outing.planted.found(heard.data) - heard.own
        if not any(fnmatchcase(name, glob) for glob in CARRIERS.get(heard.what, ()))
    ]
    assert leaks == []


def test_those_that_must_do(outing: Outing) -> None:
    """Else the list is longer than it need be, or nothing would have been found at all."""
    told: dict[str, set[str]] = {}
    for heard in outing.heard:
        told.setdefault(heard.what, set()).update(outing.planted.found(heard.data))
    silent = [
        f"{what}: {glob}"
        for what, globs in CARRIERS.items()
        for glob in globs
        if not matching(told.get(what, ()), glob)
    ]
    assert silent == []


def test_no_file_of_the_gateway_holds_one_in_clear(outing: Outing) -> None:
    """The database, its journal, the log, and whatever else it has left."""
    stored = outing.stored()
    assert {"potluck.sqlite3", "potluck.sqlite3-wal", "gateway.log", "server.out"} <= stored.keys()
    assert b"planted-project" in stored["potluck.sqlite3"] + stored["potluck.sqlite3-wal"]
    assert {
        name: found for name, data in stored.items() if (found := outing.planted.found(data))
    } == {}


def test_no_log_has_one_at_any_level(outing: Outing) -> None:
    seen = "".join(outing.seen)
    for text in (outing.gateway.output(), seen):
        assert "DEBUG" in text or '"level":"debug"' in text
        assert "credential.import" in text
        assert outing.planted.found(text.encode()) == set()


def test_no_command_and_no_process_list_shows_one(outing: Outing) -> None:
    assert "keys add up" in outing.told
    assert outing.planted.found(outing.told.encode()) == set()
    processes = outing.processes()
    assert any(b"serve" in words for words in processes)
    assert outing.planted.found(b"\n".join(processes)) == set()


def test_no_name_of_an_export_holds_one(outing: Outing) -> None:
    assert len(outing.names) > 20
    assert outing.planted.found("\n".join(outing.names).encode()) == set()
