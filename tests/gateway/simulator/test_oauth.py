"""The token endpoint, as strict as Google's."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from gateway.simulator.app import Simulator
from gateway.simulator.server import Running
from tests.support.simulator import PATIENCE, Upstream

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
CLAIMS = {
    "iss": "robot@p.example",
    "scope": "https://www.googleapis.com/auth/cloud-platform",
    "aud": "https://oauth2.googleapis.com/token",
    "iat": 1_000,
    "exp": 4_600,
}


def encoded(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


def assertion(*, alg: str = "RS256", **changes: Any) -> dict[str, str]:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    signed = f"{encoded({'alg': alg, 'typ': 'JWT'})}.{encoded(claims)}.c2lnbmF0dXJl"
    return {"grant_type": JWT_BEARER, "assertion": signed}


def renewal(refresh_token: str = "1//r", client_id: str = "c") -> dict[str, str]:  # noqa: S107
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    return {name: value for name, value in form.items() if value}


async def ask(client: httpx.AsyncClient, form: dict[str, str]) -> httpx.Response:
    return await client.post("/oauth/token", data=form)


async def test_each_renewal_brings_another_access_token(client: httpx.AsyncClient) -> None:
    first = (await ask(client, renewal())).json()
    second = (await ask(client, renewal())).json()
    assert first["access_token"] != second["access_token"]
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 3599)
    assert "refresh_token" not in first


async def test_a_service_account_gets_one(client: httpx.AsyncClient) -> None:
    answer = await ask(client, assertion())
    assert answer.json()["access_token"].startswith("ya29.")
    here = assertion(aud=f"{client.base_url}/oauth/token")
    assert (await ask(client, here)).status_code == 200


async def test_a_rotating_refresh_token_is_good_once(client: httpx.AsyncClient) -> None:
    second = (await ask(client, renewal("rotating-1"))).json()["refresh_token"]
    assert second.startswith("rotating-")
    assert (await ask(client, renewal("rotating-1"))).json()["error"] == "invalid_grant"
    third = (await ask(client, renewal(second))).json()["refresh_token"]
    assert third not in ("rotating-1", second)


async def test_a_flaky_host_recovers(client: httpx.AsyncClient) -> None:
    seen = [(await ask(client, renewal("flaky-2-x"))).status_code for _ in range(3)]
    assert seen == [503, 503, 200]
    seen = [(await ask(client, assertion(iss="flaky-x@p"))).status_code for _ in range(2)]
    assert seen == [503, 200]


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (renewal("revoked-x"), 400, "invalid_grant"),
        (renewal(client_id="wrong-x"), 401, "invalid_client"),
        (renewal(client_id=""), 400, "invalid_request"),
        (renewal(""), 400, "invalid_request"),
        ({"grant_type": "password", "refresh_token": "x"}, 400, "unsupported_grant_type"),
        (assertion(iss="revoked-x@p.example"), 400, "invalid_grant"),
        (assertion(aud="https://evil.example"), 400, "invalid_grant"),
        (assertion(scope="openid"), 400, "invalid_scope"),
        (assertion(exp=9_000), 400, "invalid_grant"),
        (assertion(exp=None), 400, "invalid_request"),
        (assertion(alg="none"), 400, "invalid_grant"),
        ({"grant_type": JWT_BEARER, "assertion": "a.b"}, 400, "invalid_grant"),
    ],
)
async def test_mistakes_are_told(
    client: httpx.AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = await ask(client, form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(("order", "status"), [("403", 403), ("503", 503), ("429-bare", 429)])
async def test_misbehaviour_is_ordered_by_refresh_token(
    client: httpx.AsyncClient, upstream: Upstream, order: str, status: int
) -> None:
    upstream.fail("1//r", order, times=1)
    assert (await ask(client, renewal())).status_code == status
    assert (await ask(client, renewal())).status_code == 200


async def test_it_is_a_post(client: httpx.AsyncClient) -> None:
    assert (await client.get("/oauth/token")).status_code == 405


@pytest.mark.parametrize(
    ("refresh_token", "key"),
    [
        ("1//r", "currentTier"),
        ("rotating-new-x", "allowedTiers"),
        ("ineligible-x", "ineligibleTiers"),
    ],
)
async def test_code_assist_knows_the_accounts(
    client: httpx.AsyncClient, refresh_token: str, key: str
) -> None:
    token = (await ask(client, renewal(refresh_token))).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    answer = await client.post("/v1internal:loadCodeAssist", json={}, headers=headers)
    assert key in answer.json()


async def test_a_list_of_keys_does_not_shut_its_tokens_out() -> None:
    with Running(Simulator(keys=["only"])) as running:
        async with httpx.AsyncClient(base_url=running.base, timeout=PATIENCE) as client:
            token = (await ask(client, renewal())).json()["access_token"]
            statuses = []
            for each in (token, "unknown"):
                headers = {"authorization": f"Bearer {each}"}
                answer = await client.post("/v1internal:loadCodeAssist", json={}, headers=headers)
                statuses.append(answer.status_code)
    assert statuses == [200, 401]
