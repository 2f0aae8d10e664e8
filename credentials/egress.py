"""Outbound proxies: what their URLs may be. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

DIRECT = "direct"
"""In place of a URL: no proxy, also where there is one for all."""

SCHEMES = ("http", "https", "socks5", "socks5h")


def checked(url: str) -> str:
    """`url` without white space around it; "" and `direct` are allowed, too.

    A name is resolved by the proxy with every scheme. Raises ValueError, without the URL, which
    may hold a password.
    """
    url = url.strip()
    if url in ("", DIRECT):
        return url
    wrong = ValueError(
        "A proxy is http://, https:// or socks5:// with a host and a port, or `direct`; user and "
        "password may stand before the host, nothing after the port."
    )
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > 500:
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in SCHEMES or not parts.hostname or not port:
        raise wrong
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise wrong
    return url.rstrip("/")


def shown(url: str) -> str:
    """For people: without user and password."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def chosen(own: str, common: str) -> str:
    """The proxy that counts, "" for none: a credential's own, or else the one for all."""
    url = own or common
    return "" if url == DIRECT else url
