"""A gateway full of planted secrets, and whoever walks through it and notes all that it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from tests.acceptance.planted import Planted, account
from tests.support.gateway import COMMAND_TIMEOUT, ROOT, Gateway, Provider, configure
from tests.support.simulator import Upstream

KINDS = ("openai", "anthropic", "gemini")
STATUSES = (200, 400, 401, 429, 500)
"""Each kind has a provider for each status, and one key for all of them."""


class Heard(NamedTuple):
    """An answer with its headers. `what` is "METHOD /path", without what of it was secret; `own`
    are the secrets in the address of a page, whose foot leads back to it in another language."""

    what: str
    status: int
    data: bytes
    own: frozenset[str]


@dataclass
class Outing:
    """`heard` is every answer, `told` what commands printed, `names` those of exported files,
    `seen` what was on the live log. `ids` are of credentials, by the name of their file."""

    gateway: Gateway
    upstream: Upstream
    planted: Planted
    browser: httpx.Client
    bare: httpx.Client
    elsewhere: Path
    """A folder that is not the gateway's."""
    heard: list[Heard] = field(default_factory=list)
    told: str = ""
    names: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, what: str = "", **more: Any) -> httpx.Response:
        """With the administrator's cookie, once there is one. `what` is the path for the list,
        where the address holds a secret itself."""
        return self._heard(method, what or path, self.browser.request(method, path, **more))

    def stranger(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._heard(method, path, self.bare.request(method, path, **more))

    def post(self, path: str, *, method: str = "POST", **more: Any) -> httpx.Response:
        """To the REST API, as a browser's script does."""
        token = {"x-csrftoken": self.browser.cookies.get("csrftoken", "")}
        return self.ask(method, path, headers=token | more.pop("headers", {}), **more)

    def send(self, path: str, what: str = "", **form: str) -> httpx.Response:
        """A form of a page."""
        form["csrfmiddlewaretoken"] = self.browser.cookies["csrftoken"]
        return self.ask("POST", path, what, data=form)

    def upload(self, path: str, files: Mapping[str, bytes], **form: str) -> None:
        parts = [("files", (name, data)) for name, data in files.items()]
        for each in self.post(path, files=parts, data=form).json().get("files", ()):
            for id in each["ids"]:
                self.ids[each["name"]] = id

    def _heard(self, method: str, what: str, answer: httpx.Response) -> httpx.Response:
        head = b"\n".join(name + b": " + value for name, value in answer.headers.raw)
        page = answer.headers.get("content-type", "").startswith("text/html")
        own = self.planted.found(str(answer.request.url).encode()) if page else ()
        data = head + b"\n\n" + answer.content
        self.heard.append(Heard(f"{method} {what}", answer.status_code, data, frozenset(own)))
        return answer

    def hand(self, said: str) -> str:
        """What commands print; see `tests.acceptance.hand`."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.acceptance.hand"],
            cwd=ROOT,
            env=self.gateway.environment,
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def stored(self) -> dict[str, bytes]:
        """Every file that the gateway has written, but for keys of its own and what holds its
        settings. It is another process: closing its database here frees no lock of it."""
        given = {"potluck.toml", "signing.key", "pepper.key", "vault.key"}
        files = (path for path in self.gateway.folder.rglob("*") if path.is_file())
        return {path.name: path.read_bytes() for path in files if path.name not in given}

    def processes(self) -> list[bytes]:
        """The command lines of its processes, as everybody on the machine sees them."""
        assert self.gateway.process is not None
        group, found = self.gateway.process.pid, []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if os.getpgid(int(path.parent.name)) == group:
                    found.append(path.read_bytes())
            except OSError:
                continue
        return found


@contextmanager
def begun(folder: Path, upstream: Upstream) -> Iterator[Outing]:
    planted = Planted()
    data, elsewhere = folder / "data", folder / "elsewhere"
    for each in (data, elsewhere):
        each.mkdir()
    with (
        _equipped(data, upstream, planted) as gateway,
        httpx.Client(base_url=gateway.url, trust_env=False, timeout=20) as browser,
        httpx.Client(base_url=gateway.url, trust_env=False, timeout=20) as bare,
    ):
        yield Outing(gateway, upstream, planted, browser, bare, elsewhere)


def _equipped(folder: Path, upstream: Upstream, planted: Planted) -> Gateway:
    """With settings full of secrets."""
    base = upstream.base
    where = {"openai": upstream.openai, "anthropic": upstream.anthropic, "gemini": base}
    keys = {kind: planted.plant(f"{kind} key") for kind in KINDS}
    providers = [
        Provider(f"{kind}-{status}", where[kind], keys=[keys[kind]], kind=kind)
        for kind in KINDS
        for status in STATUSES
    ]
    temporary = folder / "tmp"
    temporary.mkdir()
    return configure(
        folder,
        base,
        keys=[planted.plant("environment key", "AIza"), planted.plant("plain environment key")],
        providers=providers,
        ANTHROPIC_BASE_URL=upstream.anthropic,
        API_PASSWORD=planted.plant("group password"),
        CODE_ASSIST_ENDPOINT=base,
        CONTRIBUTIONS="open",
        GCLI_CREDS_1=json.dumps(account(planted, "environment's account")),
        GOOGLEAPIS_PROXY_URL=base,
        GOOGLE_OAUTH_CLIENT_ID="operator.apps.test",
        GOOGLE_OAUTH_CLIENT_SECRET=planted.plant("operator's client secret"),
        LOG_FILE=str(folder / "gateway.log"),
        LOG_LEVEL="debug",
        OAUTH_PROXY_URL=f"{base}/oauth",
        PANEL_PASSWORD=planted.plant("panel password"),
        POTLUCK_SECRET_KEY=planted.plant("secret key"),
        RETRY_429_ENABLED="false",
        TMPDIR=str(temporary),
        VERTEX_BASE_URL=base,
        WHITELIST_IPS="127.0.0.0/8",
        XAI_BASE_URL=base,
        XAI_PASSTHROUGH="true",
    )
