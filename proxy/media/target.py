"""A URL that a client wrote, read once into what will be asked. Pure.

The very value that was checked is the one that is sent: two readers of one URL would disagree.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from typing import NamedTuple

from yarl import URL

from proxy.errors import GatewayError, invalid
from proxy.media.addresses import Address

INSTEAD = "Send the file as a data URL instead: data:<mime type>;base64,<data>."

_LONG = 8_192
_SCHEMES = frozenset({"http", "https"})
_AUTHORITY = re.compile(r"[A-Za-z]+://([^/?#]*)")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)+{_LABEL}")

# What a C library reads as an IPv4 address: decimal, octal or hexadecimal, in one to four parts.
_NUMBER = re.compile(r"(\d+|0x[0-9a-f]*)")


class Target(NamedTuple):
    """`address` is set when the URL names no host but an address."""

    url: URL
    host: str
    port: int
    address: Address | None


def refused(why: str) -> GatewayError:
    """INVALID_REQUEST: what is wrong with a URL, and what to send in its place."""
    return invalid(f"{why} {INSTEAD}")


def parse(text: str, ports: Collection[int]) -> Target:
    """Raises GatewayError(INVALID_REQUEST) for a URL that is not fetched, wherever it leads."""
    url = _url(text)
    try:
        host, port = (url.raw_host or "").lower(), url.port or 0
    except ValueError:
        raise refused("This is no URL.") from None
    if port not in ports:
        raise refused("This URL's port is not one that files are fetched from.")
    address = _address(host)
    if address is None and "[" in url.raw_authority:
        raise refused("This URL's host is no address that can be used.")
    return Target(url, host, port, address)


def _url(text: str) -> URL:
    if len(text) > _LONG:
        raise refused(f"This URL is longer than {_LONG} characters.")
    found = _AUTHORITY.match(text)
    if found is None or _UNPRINTABLE.search(text):
        raise refused("This is no http:// or https:// URL.")
    if "@" in found[1]:
        raise refused("A URL with a user or a password is not fetched.")
    try:
        # What is ASCII goes out as it is written: signed URLs would break in another spelling.
        url = URL(text, encoded=text.isascii()).with_fragment(None)
    except ValueError:
        raise refused("This is no URL.") from None
    if url.scheme not in _SCHEMES:
        raise refused("Only http:// and https:// URLs are fetched.")
    return url


def _address(host: str) -> Address | None:
    """The address that `host` is; None for a name."""
    try:
        # Takes only the usual spellings: no 0177.0.0.1, and no zone ("%eth0") in what follows.
        address = ipaddress.ip_address(host)
    except ValueError:
        if ":" in host or not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise refused("This URL's host is neither a full name nor a usual address.") from None
        if host.endswith(".localhost"):
            raise private() from None
        return None
    if "%" in host:
        raise private()
    return address


def private() -> GatewayError:
    """The same for a host that does not exist and one that is not public: which of both is
    nobody's business."""
    return refused("This URL's host was not found on the public internet.")
