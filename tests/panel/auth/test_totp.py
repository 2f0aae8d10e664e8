from __future__ import annotations

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from panel.auth import totp

SEED = base64.b32encode(b"12345678901234567890").decode()
"""Of RFC 6238, appendix B."""
NOW = datetime(2026, 11, 21, 12, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert totp.step(SEED, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(
    ("late", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_off_by_one_step(late: int, fits: bool) -> None:
    step = totp.step(SEED, "081804", datetime.fromtimestamp(1111111109 + late, UTC))
    assert step == (1111111109 // 30 if fits else None)


@pytest.mark.parametrize("code", ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢", "²87082", "-87082"])
def test_what_cannot_be_a_code_is_none(code: str) -> None:
    assert not totp.formed(code)
    assert totp.step(SEED, code, NOW) is None


def test_secrets_are_long_and_differ() -> None:
    secrets = {totp.mint() for _ in range(50)}
    assert len(secrets) == 50
    assert {len(base64.b32decode(each)) for each in secrets} == {20}


def test_the_picture_says_whose_it_is() -> None:
    address = urlsplit(totp.address(SEED, "pot.example:7861"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert address.path == "/Potluck:pot.example%3A7861"
    assert parse_qs(address.query)["secret"] == [SEED]
