"""A URL is read once, strictly."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.media.target import parse

PORTS = (80, 443)

REFUSED = {
    "another scheme": "ftp://example.com/a.png",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://example.com/_x",
    "no scheme": "example.com/a.png",
    "no host": "http:///a.png",
    "an empty text": "",
    "a user": "http://user@example.com/",
    "a user and a password": "http://user:secret@example.com/",
    "an empty user": "http://@example.com/",
    "a host disguised as a user": "http://example.com@127.0.0.1/",
    "a backslash": "http://example.com\\@127.0.0.1/",
    "a space": "http://exa mple.com/",
    "a line break": "http://example.com/\r\nx-evil: 1",
    "a null": "http://example.com/\x00",
    "another port": "http://example.com:6379/",
    "port zero": "http://example.com:0/",
    "an impossible port": "http://example.com:99999/",
    "a decimal address": "http://2130706433/",
    "an octal address": "http://0177.0.0.1/",
    "an address with zeros": "http://127.0.0.01/",
    "a hexadecimal address": "http://0x7f.0.0.1/",
    "a hexadecimal number": "http://0x7f000001/",
    "a mixed address": "http://0x7f.1/",
    "a short address": "http://127.1/",
    "a name that ends in a number": "http://example.1/",
    "a name that ends in a hexadecimal number": "http://example.0x7f/",
    "a full-width decimal address": "http://２１３０７０６４３３/",
    "a trailing dot": "http://example.com./",
    "an address with a trailing dot": "http://127.0.0.1./",
    "localhost": "http://localhost/",
    "a name under localhost": "http://a.localhost/",
    "a single label": "http://redis/",
    "an encoded host": "http://%31%32%37.0.0.1/",
    "an encoded dot": "http://127.0.0.1%2eexample.com/",
    "an empty label": "http://example..com/",
    "a broken literal": "http://[::1/",
    "a zone": "http://[fe80::1%25eth0]/",
    "a zone, not encoded": "http://[fe80::1%eth0]/",
    "a future literal": "http://[v1.fe80]/",
    "a bad punycode": "http://例\u200d.com/",
    "too long": "http://example.com/" + "a" * 9_000,
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_with_a_way_out(url: str) -> None:
    with pytest.raises(GatewayError) as caught:
        parse(url, PORTS)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
    assert "data:<mime type>;base64,<data>" in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://１２７.0.0.1/", "127.0.0.1"),
        ("http://①②⑦.0.0.1/", "127.0.0.1"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("http://[0:0:0:0:0:0:0:1]/", "::1"),
    ],
)
def test_an_address_is_known_in_any_spelling(url: str, address: str) -> None:
    assert parse(url, PORTS).address == ip_address(address)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.COM/a.png", "example.com"),
        ("https://例子.中国/", "xn--fsqu00a.xn--fiqs8s"),
        ("https://xn--fsqu00a.xn--fiqs8s/", "xn--fsqu00a.xn--fiqs8s"),
        ("https://a_b.example.com/", "a_b.example.com"),
    ],
)
def test_a_name_is_read_as_it_will_be_resolved(url: str, host: str) -> None:
    target = parse(url, PORTS)
    assert (target.host, target.port, target.address) == (host, 443, None)


def test_a_signed_url_keeps_its_spelling_and_loses_its_fragment() -> None:
    url = "https://example.com/a%2Fb%7Ec?X-Amz-Credential=A%2Fb&s=a+b%3D"
    assert str(parse(url + "#x", PORTS).url) == url
