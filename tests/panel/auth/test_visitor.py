from __future__ import annotations

import dataclasses
import ipaddress

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings

from panel.auth import visitor

pytestmark = pytest.mark.usefixtures("site")


@pytest.mark.parametrize(
    ("trusted", "found"),
    [((), "10.0.0.1"), ((ipaddress.ip_network("10.0.0.0/8"),), "192.0.2.9")],
    ids=["a forged header changes nothing", "a trusted proxy is believed"],
)
def test_whose_word_counts(trusted: tuple[ipaddress.IPv4Network, ...], found: str) -> None:
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "127.0.0.1, 192.0.2.9"}, REMOTE_ADDR="10.0.0.1"
    )
    config = dataclasses.replace(settings.POTLUCK, trusted_proxies=trusted)
    with override_settings(POTLUCK=config):
        assert visitor.address(request) == found
