"""Which addresses belong to the public internet. Pure.

Written out, because what `ipaddress` calls global differs between releases of Python.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # Looks public, but is Azure's host talking to its virtual machines.
        "168.63.129.16/32",
    )
)

# Only this part of IPv6 is given out. Outside it are loopback, link-local, private and multicast
# addresses, and those that hold an IPv4 address: mapped, compatible, NAT64.
_GIVEN_6 = ipaddress.IPv6Network("2000::/3")

# https://www.iana.org/assignments/iana-ipv6-special-registry
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(each)
    for each in (
        # Protocol assignments; Teredo (2001::/32), which holds an IPv4 address, is one of them.
        "2001::/23",
        "2001:db8::/32",
        # 6to4 holds an IPv4 address too.
        "2002::/16",
        "3fff::/20",
    )
)


def is_public(address: Address) -> bool:
    """Whether anybody on the internet could reach it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in each for each in _CLOSED_4)
    if address.scope_id is not None or address not in _GIVEN_6:
        return False
    return address.is_global and not any(address in each for each in _CLOSED_6)
