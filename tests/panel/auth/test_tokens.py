from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from panel.auth import tokens

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = tokens.key("secret", "")
CLAIMS: dict[str, Any] = {
    "iss": "potluck",
    "iat": int(NOW.timestamp()),
    "exp": int((NOW + timedelta(hours=1)).timestamp()),
    "jti": "a-session",
    "generation": 1,
    "began": int(NOW.timestamp()),
}


def unsigned(claims: dict[str, Any]) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def signed(key: bytes = KEY, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode(CLAIMS | claims, key, algorithm)


def without(name: str) -> str:
    return jwt.encode({each: CLAIMS[each] for each in CLAIMS if each != name}, KEY, "HS256")


def test_what_was_written_is_read() -> None:
    session = tokens.begin(3, NOW)
    assert tokens.read(tokens.write(session, KEY), KEY, NOW) == session


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(unsigned(CLAIMS), id="alg none"),
        pytest.param(signed(tokens.key("other", "")), id="another key"),
        pytest.param(signed(tokens.key("secret", "changed")), id="another password"),
        pytest.param(signed(KEY * 2, "HS512"), id="another algorithm"),
        pytest.param(signed(iss="somebody"), id="another issuer"),
        pytest.param(signed(exp=CLAIMS["iat"]), id="expired"),
        pytest.param(signed(exp="tomorrow"), id="expiry as text"),
        pytest.param(signed(exp=10**20), id="expiry beyond time"),
        pytest.param(signed(generation="1"), id="generation as text"),
        pytest.param(signed(jti=7), id="jti as number"),
        *(pytest.param(without(name), id=f"without {name}") for name in CLAIMS),
        pytest.param(signed()[:-4] + "AAAA", id="signature bent"),
        pytest.param("", id="empty"),
        pytest.param("eyJ..", id="nothing but dots"),
        pytest.param("eyJ\ud800.a.b", id="half a character"),
    ],
)
def test_nothing_else_is(token: str) -> None:
    assert tokens.read(token, KEY, NOW) is None


def test_an_hour_is_exactly_an_hour() -> None:
    token = tokens.write(tokens.begin(1, NOW), KEY)
    assert tokens.read(token, KEY, NOW + tokens.LIFE - timedelta(seconds=1)) is not None
    assert tokens.read(token, KEY, NOW + tokens.LIFE) is None


def test_it_ages_after_half_of_its_time() -> None:
    session = tokens.begin(1, NOW)
    assert not session.ageing(NOW + timedelta(minutes=29, seconds=59))
    assert session.ageing(NOW + timedelta(minutes=30))


def test_renewals_end_twelve_hours_after_the_login() -> None:
    session, now = tokens.begin(1, NOW), NOW
    while session.ageing(now := now + timedelta(minutes=45)) and now < session.expires:
        session = tokens.renew(session, now)
    assert session.expires == NOW + tokens.LONGEST
    assert session.jti == tokens.renew(session, now).jti


def test_sessions_have_names_of_their_own() -> None:
    assert len({tokens.begin(1, NOW).jti for _ in range(100)}) == 100


@pytest.mark.parametrize("text", ["correct-horse", "sk-abc", "", "a.b.c", "eyJabc"])
def test_a_password_is_not_taken_for_a_token(text: str) -> None:
    assert not tokens.formed(text)
    assert tokens.formed(signed())
