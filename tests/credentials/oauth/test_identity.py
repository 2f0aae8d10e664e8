"""What a provider tells of a person is another person's text."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from credentials.issuers import Issuer
from credentials.oauth import identity
from credentials.oauth.identity import Identity
from tests.credentials.oauth.conftest import ACME, Script, scripted_web

ASKED = Issuer(token_url=ACME.token_url, userinfo_url="https://login.acme.test/me")


def token(claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


async def test_userinfo_comes_first(script: Script) -> None:
    script.replies = [(200, {"email": "a@b.test"})]
    told = token({"email": "old@b.test", "name": "Anna"})
    found = await identity.fetch(scripted_web(script), ASKED, "planted", id_token=told)
    assert found == Identity("a@b.test", "Anna")
    assert script.asked[0].headers["authorization"] == "Bearer planted"


@pytest.mark.parametrize(
    "reply", [(403, {"email": "no@b.test"}), (0, b""), (200, b"[1]"), (200, b"\xff"), (302, b"")]
)
async def test_an_account_is_as_good_without_a_name(script: Script, reply: Any) -> None:
    script.replies = [reply]
    assert await identity.fetch(scripted_web(script), ASKED, "planted") == Identity()


async def test_without_userinfo_nobody_is_asked(script: Script) -> None:
    found = await identity.fetch(
        scripted_web(script), ACME, "p", id_token=token({"email": "a@b.c"})
    )
    assert (found.email, script.asked) == ("a@b.c", [])


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "a.%%%.c", token([1]), "." * 5, "é.é.é"])
def test_what_is_no_id_token_tells_nothing(text: str) -> None:
    assert identity.of_token(text) == Identity()


@pytest.mark.parametrize(
    "email",
    [
        "<script>alert(1)</script>@b.test",
        '"onload=x"@b.test',
        "a@b.test\nbcc: c@d.test",
        "a b@c.test",
        "a" * 300 + "@b.test",
        ["a@b.test"],
        7,
        None,
    ],
)
def test_an_address_that_cannot_be_one_is_left_out(email: object) -> None:
    assert identity.of_claims({"email": email}).email == ""


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Anna <b>of</b> all"}, "Anna b of /b all"),
        ({"name": "gnp\u202etxt.exe\u0000\x1b[31m"}, "gnp txt.exe [31m"),
        ({"name": " \n", "login": "anna"}, "anna"),
        ({"name": {"x": 1}, "preferred_username": "百家"}, "百家"),
        ({"name": "x" * 100_000}, "x" * 200),
        ({}, ""),
    ],
)
def test_a_name_is_one_line_of_visible_text(claims: dict[str, Any], name: str) -> None:
    assert identity.of_claims(claims).name == name
