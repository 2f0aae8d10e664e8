from __future__ import annotations

import pytest
from django.test import RequestFactory

from panel.auth.origin import forged, renamed, veiled

pytestmark = pytest.mark.usefixtures("site")


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Origin": "http://testserver"}, False),
        ({"Origin": "https://testserver"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://evil.example"}, True),
        ({"Origin": "http://testserver.evil.example"}, True),
        ({"Origin": "http://testserver:81"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://["}, True),
        ({"Referer": "http://testserver/panel"}, False),
        ({"Referer": "http://evil.example/?testserver"}, True),
    ],
)
def test_what_another_site_made_the_browser_send(headers: dict[str, str], refused: bool) -> None:
    assert bool(forged(RequestFactory().post("/", headers=headers))) is refused
    assert not forged(RequestFactory().get("/", headers=headers))


@pytest.mark.parametrize(
    ("origin", "is_veiled", "is_renamed"),
    [
        ("", False, False),
        ("http://testserver", False, False),
        ("https://testserver", True, False),
        ("https://TestServer", True, False),
        ("https://evil.example", False, True),
        ("https://testserver.evil.example", False, True),
        ("null", False, True),
        ("https://[", False, True),
    ],
)
def test_a_proxy_that_hides_tls_is_told_from_another_host(
    origin: str, is_veiled: bool, is_renamed: bool
) -> None:
    request = RequestFactory().post("/", headers={"Origin": origin})
    assert (veiled(request), renamed(request)) == (is_veiled, is_renamed)


def test_behind_a_proxy_that_is_trusted_nothing_is_hidden() -> None:
    request = RequestFactory().post("/", headers={"Origin": "https://testserver"}, secure=True)
    assert not veiled(request)
