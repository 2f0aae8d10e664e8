from __future__ import annotations

import re

from credentials.oauth import pkce


def test_the_challenge_is_that_of_the_standard() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
    assert pkce.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_is_new_each_time_and_long_enough() -> None:
    one, other = pkce.verifier(), pkce.verifier()
    assert one != other
    assert re.fullmatch(r"[A-Za-z0-9_-]{43,128}", one)
