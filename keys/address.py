"""The client's address: the one place that decides if a forwarding header is believed. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address of who really asks.

    `peer` is the other end of the socket, `forwarded` the value of X-Forwarded-For. The header
    counts only when the peer is a trusted proxy; then the right-most hop that is not trusted is
    the client, because everything left of it could have been written by the client itself.
    """
    if not trusted or not forwarded or not within(peer, trusted):
        return peer
    for hop in reversed(forwarded.split(",")):
        address = _plain(hop)
        if address is None:
            return peer
        if not within(address, trusted):
            return address
    return _plain(forwarded.split(",")[0]) or peer


def within(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in networks)


def _plain(hop: str) -> str | None:
    """A hop without port or brackets, None if it is no address."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
