"""Which addresses are public: an explicit table, for ``ipaddress.is_global`` calls several ways home global.

The ranges are those of IANA's special-purpose address registries (RFC 6890 and its updates) that a feed has no business
to live in. An IPv6 address that carries an IPv4 address is judged by what it carries.
"""

import socket
from ipaddress import ip_network

_IPV4 = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's own",  # looks public, but is answered by the machine's host on Azure
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a retired relay's",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}
# In order, for the first match names the reason: all that is public lies in 2000::/3 (RFC 4291, section 2.4).
_IPV6 = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::/96": "a retired IPv4-compatible",
    # RFC 8215 lets each network choose where in it an IPv4 address lies, so it cannot be unwrapped.
    "64:ff9b:1::/48": "a local translator's",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
    "::/3": "reserved",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "3ffe::/16": "a retired test network's",
    "3fff::/20": "for documentation",
    "4000::/2": "reserved",
    "8000::/1": "reserved",
}


def _ranges(table: dict[str, str]) -> tuple[tuple[int, int, str], ...]:
    networks = ((ip_network(text), kind) for text, kind in table.items())
    return tuple((int(network[0]), int(network[-1]), kind) for network, kind in networks)


_IPV4_RANGES = _ranges(_IPV4)
_IPV6_RANGES = _ranges(_IPV6)


def special_kind(ip: str) -> str | None:
    """Return what kind of address ``ip`` is when it is not public (``loopback``, ``private`` …), or null when it is."""
    if ":" not in ip:
        return _find(int.from_bytes(socket.inet_pton(socket.AF_INET, ip)), _IPV4_RANGES)
    number = int.from_bytes(socket.inet_pton(socket.AF_INET6, ip))
    carried = _carried(number)
    if not carried:
        return _find(number, _IPV6_RANGES)
    return next(filter(None, (_find(ipv4, _IPV4_RANGES) for ipv4 in carried)), None)


def _find(number: int, ranges: tuple[tuple[int, int, str], ...]) -> str | None:
    return next((kind for first, last, kind in ranges if first <= number <= last), None)


def _carried(number: int) -> tuple[int, ...]:
    """Return the IPv4 addresses that a public kind of IPv6 address carries and a router on the way would dial."""
    last = number & 0xFFFFFFFF
    if number >> 32 in {0xFFFF, 0x64FF9B << 64}:  # IPv4-mapped (RFC 4291), NAT64 (RFC 6052)
        return (last,)
    if number >> 112 == 0x2002:  # noqa: PLR2004 -- 6to4 (RFC 3056, section 2)
        return (number >> 80 & 0xFFFFFFFF,)
    if number >> 96 == 0x20010000:  # noqa: PLR2004 -- Teredo: its server, and the client inverted (RFC 4380, section 4)
        return (number >> 64 & 0xFFFFFFFF, last ^ 0xFFFFFFFF)
    return ()
