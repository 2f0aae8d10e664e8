"""A real OAuth server on a real socket, and a person with a browser who agrees, or does not.

from tests.support.oauthserver import provider  # a fixture: one process for all tests of a session

def test_it_comes_back_with_a_code(provider: Provider) -> None:
    address = provider.agree(url_of_the_consent_page)
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from credentials.issuers import Auth, Issuer

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "planted:client/secret"
_FIELD = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class Provider:
    """`base` is `http://127.0.0.1:<port>/o`; `web` does not follow redirects."""

    def __init__(self, base: str, web: httpx.Client) -> None:
        self.base = base
        self.web = web

    def issuer(self, client: str = "public", **changes: Any) -> Issuer:
        """How an operator configures it; `client` is "public", "secret" or "device"."""
        known: dict[str, Any] = {
            "token_url": f"{self.base}/token/",
            "authorize_url": f"{self.base}/authorize/",
            "device_url": f"{self.base}/device-authorization/",
            "revoke_url": f"{self.base}/revoke_token/",
            "userinfo_url": f"{self.base}/userinfo/",
            "client_id": f"{client}-client",
            "client_secret": SECRET if client == "secret" else "",
            "scopes": ("openid", "models"),
            "issuer": self.base,
            "auth": Auth.POST,
        }
        return Issuer(**known | changes)

    def agree(self, url: str, who: str = "anna") -> str:
        """Where the browser ends after `who` has agreed."""
        return self._answer(url, who, {"allow": "Authorize"})

    def decline(self, url: str, who: str = "anna") -> str:
        return self._answer(url, who, {})

    def enter(self, user_code: str, action: str = "accept", who: str = "anna") -> None:
        """The person types the code of a device in, and agrees ("accept") or not ("deny")."""
        person = {"x-person": who}
        asked = self.web.post(f"{self.base}/device/", data={"user_code": user_code}, headers=person)
        page = str(httpx.URL(self.base).join(asked.headers["location"]))
        assert self.web.post(page, data={"action": action}, headers=person).status_code == 302

    def knows(self, access_token: str) -> bool:
        """Whether an access token is accepted."""
        headers = {"authorization": f"Bearer {access_token}"}
        return self.web.get(f"{self.base}/userinfo/", headers=headers).status_code == 200

    def _answer(self, url: str, who: str, button: dict[str, str]) -> str:
        person = {"x-person": who}
        page = self.web.get(url, headers=person)
        assert page.status_code == 200, page.text
        fields = {unescape(name): unescape(value) for name, value in _FIELD.findall(page.text)}
        return str(self.web.post(url, data=fields | button, headers=person).headers["location"])


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    folder = tmp_path_factory.mktemp("oauthserver")
    command = [sys.executable, "-m", "tests.support.oauthserver_process", str(folder)]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process,
        httpx.Client(trust_env=False, timeout=10.0) as web,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the OAuth server did not start"
            yield Provider(f"{json.loads(line)['base']}/o", web)
        finally:
            process.terminate()
            process.wait(10)
