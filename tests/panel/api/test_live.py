"""The console's API over sockets, at the real server with the password that it made itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from keys.lockout import ADDRESS
from tests.support.gateway import Gateway, configure

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder: Path = tmp_path_factory.mktemp("live")
    with configure(folder, NOWHERE, keys=["k"], TRUSTED_PROXIES="127.0.0.1") as running:
        yield running


@pytest.fixture
def password(server: Gateway) -> str:
    return server.password


@pytest.fixture
def browser(server: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as client:
        yield client


def login(client: httpx.Client, password: str) -> httpx.Response:
    return client.post("/auth/login", json={"password": password})


def test_a_browser_logs_in_makes_a_key_and_logs_out(
    browser: httpx.Client, password: str, server: Gateway
) -> None:
    entered = login(browser, password)
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert entered.headers["Cache-Control"] == "no-store"
    assert browser.post("/auth/keys", json={}).status_code == 403

    forgery = {"X-CSRFToken": browser.cookies["csrftoken"], "Origin": server.url}
    made = browser.post("/auth/keys", json={"total_quota": 9}, headers=forgery)
    assert made.status_code == 201
    # The model API knows the key at once, and the change of it within a second.
    secret = made.json()["api_key"]
    key = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{server.url}/v1/models", headers=key, trust_env=False).status_code == 200
    quota = httpx.get(f"{server.url}/auth/quota", headers=key, trust_env=False)
    assert quota.json()["remaining_quota"] == 9

    held = dict(browser.cookies)
    assert browser.post("/auth/logout", headers=forgery).status_code == 204
    again = httpx.get(f"{server.url}/auth/keys", cookies=held, trust_env=False)
    assert again.status_code == 401
    assert secret not in server.output()
    assert password not in server.output().partition("shown this once: ")[2][len(password) :]


def test_behind_tls_the_cookie_is_secure_and_the_origin_fits(
    browser: httpx.Client, password: str
) -> None:
    behind = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    entered = browser.post("/auth/login", json={"password": password}, headers=behind)
    assert "Secure" in entered.headers["Set-Cookie"]
    token = {"Authorization": f"Bearer {entered.json()['token']}"}
    assert browser.get("/auth/keys", headers=token | behind).status_code == 200
    sent = {
        name: value
        for line in entered.headers.get_list("Set-Cookie")
        for name, value in [line.partition(";")[0].split("=", 1)]
    }
    headers = behind | {
        "Cookie": "; ".join(f"{name}={value}" for name, value in sent.items()),
        "X-CSRFToken": sent["csrftoken"],
        "Origin": f"https://{browser.base_url.netloc.decode()}",
        "Referer": f"https://{browser.base_url.netloc.decode()}/",
    }
    assert browser.post("/auth/keys", json={}, headers=headers).status_code == 201
    headers["Origin"] = "https://evil.example"
    assert browser.post("/auth/keys", json={}, headers=headers).status_code == 403


def test_guesses_lock_their_own_address_and_no_other(browser: httpx.Client, password: str) -> None:
    def attempt(text: str, address: str) -> int:
        headers = {"X-Forwarded-For": address}
        return browser.post("/auth/login", json={"password": text}, headers=headers).status_code

    assert attempt(password, "192.0.2.1") == 200
    guesses = 1
    # The waits double, bcrypt takes as long as the machine needs: at some guess the wait is longer.
    while attempt("guess", "198.51.100.1") == 401 and guesses < 20:
        guesses += 1
    assert ADDRESS.free < guesses < 20
    assert attempt(password, "192.0.2.1") == 200


def test_the_password_is_a_bearer_at_sockets_too(browser: httpx.Client, password: str) -> None:
    token = {"Authorization": f"Bearer {password}"}
    assert browser.get("/auth/keys", headers=token).status_code == 200
    assert browser.get("/api/schema", headers=token).json()["openapi"]
