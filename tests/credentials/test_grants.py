"""What is sent to a token host, and whose fault its refusals are."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from credentials import grants
from credentials.grants import Denied, Granted
from credentials.health import Health, Policy, RateLimited, Refused, State, after, state
from credentials.issuers import Client
from tests.credentials.fakes import NOW, pem, robot

OURS = Client("our-client", "planted-secret", ours=True)
THEIRS = Client("their-client", "planted-secret", ours=False)


def denied(status: int, body: object, client: Client | None = THEIRS) -> Denied:
    with pytest.raises(Denied) as caught:
        grants.read(status, json.dumps(body).encode(), NOW, client)
    return caught.value


def test_the_assertion_is_signed_for_google_and_for_an_hour() -> None:
    form = grants.assertion(robot(), NOW)
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    key = load_pem_private_key(pem().encode(), None).public_key()
    assert jwt.get_unverified_header(form["assertion"])["kid"] == "planted-id"
    claims = jwt.decode(
        form["assertion"],
        key,  # type: ignore[arg-type]
        algorithms=["RS256"],
        audience="https://oauth2.googleapis.com/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims == {
        "iss": "robot@p.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
    }


def test_a_renewal_names_its_client() -> None:
    assert grants.renewal("r", THEIRS) == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "their-client",
        "client_secret": "planted-secret",
    }
    assert "client_secret" not in grants.renewal("r", Client("public", "", ours=False))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"expires_in": 3599}, 3599),
        ({"expires_in": "3599"}, 3599),
        ({}, 3600),
        ({"expires_in": -5}, 3600),
        ({"expires_in": "soon"}, 3600),
        ({"expires_in": 1e12}, 30 * 86_400),
        ({"expires_in": 1e300}, 3600),
    ],
)
def test_how_long_a_token_lives(told: dict[str, object], seconds: int) -> None:
    body = json.dumps({"access_token": "a", "refresh_token": "r", **told}).encode()
    expires = NOW + timedelta(seconds=seconds)
    assert grants.read(200, body, NOW, THEIRS) == Granted("a", expires, "r")


@pytest.mark.parametrize(
    ("status", "error", "client"),
    [
        (400, "invalid_grant", OURS),
        (400, "invalid_grant", None),
        (401, "unauthorized_client", OURS),
        (401, "invalid_client", THEIRS),
        (400, "invalid_scope", None),
    ],
)
def test_what_is_final(status: int, error: str, client: Client | None) -> None:
    problem = denied(status, {"error": error}, client)
    assert isinstance(problem.outcome, Refused)
    health = after(Health(), problem.outcome, Policy(), sent_at=NOW, now=NOW)
    assert state(health, NOW) is State.BANNED
    assert health.banned.startswith("The account is not accepted any more: ")
    assert error in health.banned


@pytest.mark.parametrize(
    ("status", "body", "client"),
    [
        (403, {"error": "invalid_grant"}, THEIRS),
        (500, {}, THEIRS),
        (503, "<html>", THEIRS),
        (429, {"error": "rate_limited"}, THEIRS),
        (302, {}, THEIRS),
        (404, {}, None),
        (400, {"error": "invalid_request"}, THEIRS),
        (400, {"error": {"code": 400, "message": "of another service"}}, THEIRS),
        (401, {"error": "invalid_client"}, OURS),
        (400, {"error": "invalid_grant", "error_description": "in a reasonable timeframe"}, None),
        (200, {}, THEIRS),
        (200, {"access_token": "with\nnewline"}, THEIRS),
    ],
)
def test_what_only_costs_a_short_rest(status: int, body: object, client: Client | None) -> None:
    problem = denied(status, body, client)
    assert problem.outcome == RateLimited(
        None, retry_after=timedelta(seconds=15), reason=problem.reason
    )


def test_a_setting_of_the_gateway_s_is_named_as_such() -> None:
    assert "gateway's OAuth client" in denied(401, {"error": "invalid_client"}, OURS).reason


def test_nothing_shows_a_secret() -> None:
    granted = Granted("planted-a", NOW, "planted-r")
    problem = denied(400, {"error": "invalid_grant", "error_description": "planted-token"})
    assert "planted" not in f"{granted!r} {problem!r} {problem} {problem.outcome!r}"
