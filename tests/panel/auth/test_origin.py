from __future__ import annotations

import pytest
from django.test import RequestFactory

from panel.auth.origin import forged

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
        ({"Referer": "http://testserver/panel"}, False),
        ({"Referer": "http://evil.example/?testserver"}, True),
    ],
)
def test_what_another_site_made_the_browser_send(headers: dict[str, str], refused: bool) -> None:
    assert bool(forged(RequestFactory().post("/", headers=headers))) is refused
    assert not forged(RequestFactory().get("/", headers=headers))
