"""The way through the gateway: all that takes a secret, keeps one, or could say one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from django.urls import get_resolver
from websockets.sync.client import connect

from tests.acceptance.books import Books
from tests.acceptance.outing import KINDS, STATUSES, Outing
from tests.acceptance.planted import account, robot
from tests.support.gateway import free_port
from tests.support.routes import walk

Ask = tuple[str, dict[str, Any]]

_TALK = [{"role": "user", "content": "hello"}]
_PARTS = {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
_BEGUN = b'data: {"id": "1", "choices": [{"index": 0, "delta": {"content": "Hel"}}]}\n\n'
_KEY = re.compile(r"sk-[\w-]{43}")
_TERMS = re.compile(r'name="terms" value="(\w+)"')
_LINK = re.compile(r"/key/([\w-]{20,})")


def whole(outing: Outing) -> None:
    """All of it, in an order in which each step finds what it needs."""
    open_shop(outing)
    bring(outing)
    lend(outing)
    with by_hand(outing):
        serve(outing)
        be_refused(outing)
        tend(outing)
        mistake(outing)
        claim(outing)
    break_down(outing)
    look(outing)
    withdraw(outing)


def open_shop(outing: Outing) -> None:
    """The administrator logs in and makes keys."""
    planted = outing.planted
    for name, path in (("session", "login"), ("session, renewed", "refresh")):
        body = {"password": planted["panel password"]} if path == "login" else None
        planted.add(name, outing.post(f"/auth/{path}", json=body).json()["token"])
    for name in ("key", "spare key"):
        made = outing.post("/auth/keys", json={"total_quota": 9_999, "link_days": 1}).json()
        planted.add(name, made["api_key"])
        planted.add(f"link of the {name}", made["hand_out"]["token"])
    page = outing.send(
        "/api-key-admin/new", total_quota="99", count="1", links="on", time_zone="UTC", waiting="0"
    ).text
    planted.add("key of a page", _KEY.findall(page)[0])
    planted.add("link of a page", _LINK.findall(page)[0])


def bring(outing: Outing) -> None:
    """Good files, and files of which nothing can be used; environment variables; a proxy."""
    planted = outing.planted
    good = {
        "robot.json": json.dumps(robot(planted, "robot")),
        "theirs.json": json.dumps(account(planted, "account", client="their.apps.test")),
        "ours.json": json.dumps(account(planted, "account without a client")),
    }
    thief = account(planted, "stolen account") | {"token_uri": "https://evil.example/token"}
    bad = {
        "half.json": json.dumps(robot(planted, "half robot"))[:-9],
        "thief.json": json.dumps(thief),
        "bell.txt": f"{planted.plant('refused key')}\x07",
        "list.yaml": f"- {planted.plant('key in a list')}: [",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in bad.items():
            archive.writestr(name, text)
    outing.upload("/creds/upload", {name: text.encode() for name, text in good.items()})
    outing.upload("/auth/upload", {"bad.zip": packed.getvalue(), "robot.json": b"{"})
    outing.post("/auth/load-env-creds")
    key = planted.plant("imported key").encode()
    outing.upload("/creds/upload", {"keys.txt": key}, provider="anthropic")
    url = f"http://user:{planted.plant('proxy password')}@127.0.0.1:{free_port()}"
    path = f"/creds/{outing.ids['keys.txt']}"
    for proxy in (url.replace("http", "gopher"), url):
        outing.post(path, method="PATCH", json={"proxy": proxy})


def lend(outing: Outing) -> None:
    """First in vain, because nothing was agreed to, and because it is no key."""
    planted, way = outing.planted, "key:gemini"
    (terms,) = _TERMS.findall(outing.ask("GET", f"/auth?way={way}").text)
    form = {"way": way, "terms": terms, "name": "Ada", "contact": "ada@mail.test"}
    outing.send("/auth/start", **form, secret=planted.plant("key that is not lent"))
    torn = f"{planted.plant('torn half of a key')} {planted.plant('other half of a key')}"
    outing.send("/auth/start", **form, secret=torn, agree="true")
    done = outing.send("/auth/start", **form, secret=planted.plant("lent key"), agree="true")
    planted.add("receipt", done.headers["location"].rpartition("/")[2])


def withdraw(outing: Outing) -> None:
    outing.send(
        f"/auth/receipt/{outing.planted['receipt']}/withdraw", "/auth/receipt/{token}/withdraw"
    )


@contextmanager
def by_hand(outing: Outing) -> Iterator[None]:
    """Commands, while all else goes on."""
    planted, folder = outing.planted, outing.elsewhere
    files = {"brought.txt": planted.plant("key of a command"), "torn.json": "{" + planted["key"]}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    out = folder / "credentials.zip"
    commands = (
        ("importcredentials", *(str(folder / name) for name in files)),
        ("exportcredentials", f"--out={out}"),
        ("listkeys",),
        ("audit",),
    )
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(outing.hand, json.dumps(commands))
        yield
        outing.told = done.result()
    with zipfile.ZipFile(out) as archive:
        outing.names += [out.name, *archive.namelist()]


def serve(outing: Outing) -> None:
    """Calls that go well, in each dialect and with each way to send a key; and of accounts."""
    key, group = outing.planted["key"], outing.planted["group password"]
    ways: tuple[dict[str, Any], ...] = (
        {"headers": {"authorization": f"Bearer {key}"}},
        {"headers": {"x-api-key": group}},
        {"headers": {"x-goog-api-key": key}},
        {"params": {"key": group}},
    )
    for number, (path, body) in enumerate(asks("gemini-2.5-flash").values()):
        outing.ask("POST", path, json=body, **ways[number % 4])
    for path in ("/v1/models", "/v1beta/models", "/v1/nowhere", "/v1beta/nowhere", "/nowhere"):
        for way in ways[1:]:
            outing.ask("GET", path, **way)
    for within in ("code-assist", "vertex", "anthropic"):
        for path, body in list(asks("gemini-2.5-flash", f"/{within}").values())[:2]:
            outing.ask("POST", path, json=body, **ways[0])
    caller = {"authorization": f"Bearer {outing.planted.plant('caller of xAI', 'xai-')}"}
    outing.ask("POST", "/xai/v1/chat/completions", json=asks("grok")["openai"][1], headers=caller)


def asks(model: str, within: str = "") -> dict[str, Ask]:
    """The same question in each dialect, and streamed in some."""
    gemini = f"{within}/v1beta/models/{model}"
    said: dict[str, Any] = {"model": model, "messages": _TALK}
    return {
        "openai": (f"{within}/v1/chat/completions", said),
        "openai, streamed": (f"{within}/v1/chat/completions", said | {"stream": True}),
        "anthropic": (f"{within}/v1/messages", said | {"max_tokens": 9}),
        "gemini": (f"{gemini}:generateContent", _PARTS),
        "gemini, streamed": (f"{gemini}:streamGenerateContent?alt=sse", _PARTS),
        "responses": (f"{within}/v1/responses", {"model": model, "input": "hello"}),
        "completions": (f"{within}/v1/completions", {"model": model, "prompt": "hello"}),
        "code assist": (
            f"{within}/v1internal:generateContent",
            {"model": model, "request": _PARTS},
        ),
    }


def be_refused(outing: Outing) -> None:
    """By upstreams that repeat what they were sent: in an error, in a stream, as nonsense."""
    planted, upstream = outing.planted, outing.upstream
    bearer: dict[str, Any] = {"headers": {"authorization": f"Bearer {planted['key']}"}}
    for kind in KINDS:
        key = planted[f"{kind} key"]
        for status in STATUSES:
            body, content = _repeated(key, status), "application/json"
            if status == 200:
                # An error where a stream was to come, or after it has begun.
                body = (_BEGUN if kind == "openai" else b"") + b"data: " + body + b"\n\n"
                content = "text/event-stream"
            upstream.replay(key, body, status=status, content_type=content)
            for path, said in list(asks("any", f"/{kind}-{status}").values())[:6]:
                outing.ask("POST", path, json=said, **bearer)
    for path, said in asks("any", "/code-assist").values():
        for token in _access_tokens(outing):
            upstream.replay(token, _repeated(token, 401), status=401)
        outing.ask("POST", path, json=said, **bearer)


def _repeated(secret: str, status: int) -> bytes:
    said = f"Incorrect API key provided: {secret}. You can find yours at https://keys.example."
    detail = {"reason": "API_KEY_INVALID", "metadata": {"key": secret}}
    error = {"code": status, "message": said, "type": "x", "status": "X", "details": [detail]}
    return json.dumps({"type": "error", "error": error}).encode()


def _access_tokens(outing: Outing) -> list[str]:
    """Those that the gateway was given, and what it proved itself with."""
    found = []
    for seen in outing.upstream.requests:
        if seen.path.endswith("/oauth/token"):
            for text in parse_qs(seen.body.decode()).get("assertion", []):
                outing.planted.add(f"assertion {seen.number}", text)
        token = seen.headers.get("authorization", "").removeprefix("Bearer ")
        if token.startswith("ya29."):
            found.append(outing.planted.add(f"access token {token[-6:]}", token))
    return found


def tend(outing: Outing) -> None:
    """Every credential is tested and renewed; one token endpoint repeats what it was sent."""
    planted, ids = outing.planted, list(outing.ids.values())
    refresh, secret = (
        planted[f"{what} of the account"] for what in ("refresh token", "client secret")
    )
    said = f"The token {refresh} of the client with {secret} was revoked."
    body = json.dumps({"error": "invalid_grant", "error_description": said}).encode()
    outing.upstream.replay(refresh, body, status=400)
    for action in ("refresh", "test"):
        outing.post("/creds/batch-action", json={"ids": ids, "action": action})
        for id in ids:
            outing.post("/creds/action", json={"id": id, "action": action})
    outing.post("/creds/refresh-all-emails", json={"known": True})
    _access_tokens(outing)


def mistake(outing: Outing) -> None:
    """Secrets where none belongs, and requests that end in error pages."""
    planted = outing.planted
    key, group, password = (planted[n] for n in ("key", "group password", "panel password"))
    for text in (f'{{"model": "{key}", ', f'{{"password": "{password}" {group}', f'["{group}"]'):
        for path in ("/v1/chat/completions", "/v1beta/models/any:generateContent", "/v1/messages"):
            outing.ask("POST", path, content=text, headers={"x-api-key": key})
        for path in ("/auth/login", "/auth/query", "/auth/keys", "/creds/action", "/usage/reset"):
            outing.post(path, content=text, headers={"content-type": "application/json"})
    for path, body in (
        ("/auth/password", {"old": password, "new": group}),
        ("/auth/keys", {"total_quota": group, "time_zone": key, "models": {"a": group}}),
        ("/auth/keys/actions", {"action": "enable", "ids": [key]}),
        ("/auth/query", {"api_key": key[:-1]}),
        ("/auth/query", {"api_key": key}),
        ("/auth/handout/claim", {"token": key}),
        ("/creds/action", {"filename": key, "action": "test"}),
    ):
        outing.post(path, json=body)
    outing.ask("GET", f"/nowhere/{key}", "/nowhere/{key}")
    outing.ask("POST", f"/v1/{group}", "/v1/{key}", headers={"x-api-key": group})
    # Without the token of a form; what cannot be read; what is not known.
    outing.ask("POST", "/login", data={"password": password})
    outing.send("/api-key-admin/new", total_quota="all")
    outing.send("/api-key-query", api_key=key)
    outing.send("/api-key-query", api_key=group)
    for text in (key, f"sk-{key[4:]}x", f"{group}x"):
        for path in ("/v1/models", "/auth/quota"):
            outing.stranger("GET", path, headers={"authorization": f"Bearer {text}"})
    # These make whoever guesses wait: the last to be tried.
    outing.stranger("GET", "/auth/keys", headers={"authorization": f"Bearer {password}x"})
    outing.stranger("POST", "/auth/login", json={"password": f"{password}x"})


def claim(outing: Outing) -> None:
    outing.post("/auth/handout/claim", json={"token": outing.planted["link of the key"]})
    token = outing.planted["link of the spare key"]
    for _ in range(2):
        outing.send(f"/key/{token}", "/key/{token}")


def break_down(outing: Outing) -> None:
    """A database that fails, which is a 503, and what nobody expects in it, which is a 500."""
    for trouble in (_gone(outing, "keys_apikey"), _torn(outing)):
        with trouble:
            _ask_for_keys(outing, outing.planted["key"])


def _ask_for_keys(outing: Outing, key: str) -> None:
    outing.post("/auth/query", json={"api_key": key})
    outing.ask("GET", f"/auth/keys/{key}", "/auth/keys/{api_key}")
    outing.ask("GET", "/api-key-admin", params={"search": "x"})
    outing.send("/api-key-query", api_key=key)
    outing.stranger("GET", "/v1/models", headers={"x-api-key": f"sk-{key[4:]}x"})


@contextmanager
def _gone(outing: Outing, table: str) -> Iterator[None]:
    books = Books(outing.gateway)
    books.query(f"ALTER TABLE {table} RENAME TO gone")
    try:
        yield
    finally:
        books.query(f"ALTER TABLE gone RENAME TO {table}")


@contextmanager
def _torn(outing: Outing) -> Iterator[None]:
    books = Books(outing.gateway)
    books.query("UPDATE keys_apikey SET total_quota = 'x' || total_quota")
    try:
        yield
    finally:
        books.query("UPDATE keys_apikey SET total_quota = CAST(substr(total_quota, 2) AS INTEGER)")


def look(outing: Outing) -> None:
    """At every page and every answer that can be read, exports included; then at the log."""
    planted = outing.planted
    records = Books(outing.gateway).query("SELECT request_id FROM keys_requestrecord")
    values = {
        "api_key": planted["key"],
        "request_id": records[-1][0],
        "token": planted["receipt"],
        "credential": outing.ids["theirs.json"],
        "model_name": "gemini-2.5-flash",
        "path": "css/tokens.css",
    }
    for route in walk(get_resolver("gateway.urls")):
        outing.ask("GET", route.url(**values), route.path)
    for id in outing.ids.values():
        outing.ask("GET", f"/creds/{id}", "/creds/{credential}")
    outing.ask("GET", f"/key/{planted['link of a page']}", "/key/{token}")
    outing.stranger("GET", "/auth/quota", headers={"authorization": f"Bearer {planted['key']}"})
    for query in ("?level=debug", "?level=debug&origin=file"):
        outing.ask("GET", f"/auth/logs/download{query}")
    _watch(outing)


def _watch(outing: Outing) -> None:
    """The live log, from its oldest line until that of a call made now."""
    key = {"x-api-key": outing.planted["key"]}
    last = outing.stranger("GET", "/v1/models", headers=key).headers["x-request-id"]
    address = f"ws://127.0.0.1:{outing.gateway.port}/auth/logs/stream?level=debug"
    bearer = {"Authorization": f"Bearer {outing.planted['session']}"}
    with connect(address, additional_headers=bearer, proxy=None) as socket:
        while last not in "".join(outing.seen[-1:]):
            outing.seen.append(str(socket.recv(timeout=10)))
