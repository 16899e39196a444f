"""The guard: judges each address at the moment it is dialled, whatever the URL or the DNS said.

A table of its own says which addresses are not public, because ``ipaddress.is_global`` calls public several addresses
that lead back into a private network. Its ranges are those of IANA's special-purpose address registries (RFC 6890 and
its updates) where no feed has any business. An IPv6 address that carries an IPv4 address is judged by what it carries.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

import can_ada

from worker.errors import ErrorClass, RejectedError
from worker.fetch.request import Location

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
# In this order, for the first match names the reason; every public address lies in 2000::/3 (RFC 4291, section 2.4).
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
_EVERYTHING = {ip_network("0.0.0.0/0"), ip_network("::/0")}
_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024
# A URL can make us send a line of its author's choice, and some services would take it for a command. These are the
# ports above 1024 that browsers refuse (Fetch Standard, "port blocking"), and those of databases, caches and brokers.
_FOREIGN_PORTS = frozenset(
    {1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672}
    | {5900, 6000, 6379, 6380, 6566, *range(6665, 6670), 6679, 6697, 9042, 9100, 9200, 9300, 10080, 10250, 11211, 27017}
)


def _ranges(table: dict[str, str]) -> tuple[tuple[int, int, str], ...]:
    networks = ((ip_network(text), kind) for text, kind in table.items())
    return tuple((int(network[0]), int(network[-1]), kind) for network, kind in networks)


_IPV4_RANGES = _ranges(_IPV4)
_IPV6_RANGES = _ranges(_IPV6)


def special_kind(ip: str) -> str | None:
    """Return the kind of an address that is not public (``loopback``, ``private`` …); None for a public one."""
    if ":" not in ip:
        return _find_range(int.from_bytes(socket.inet_pton(socket.AF_INET, ip)), _IPV4_RANGES)
    number = int.from_bytes(socket.inet_pton(socket.AF_INET6, ip))
    carried = _carried_ipv4(number)
    if not carried:
        return _find_range(number, _IPV6_RANGES)
    return next(filter(None, (_find_range(ipv4, _IPV4_RANGES) for ipv4 in carried)), None)


def _find_range(number: int, ranges: tuple[tuple[int, int, str], ...]) -> str | None:
    return next((kind for first, last, kind in ranges if first <= number <= last), None)


def _carried_ipv4(number: int) -> tuple[int, ...]:
    """Return the IPv4 addresses that an IPv6 address carries, if a router on the way would dial them."""
    last = number & 0xFFFFFFFF
    if number >> 32 in {0xFFFF, 0x64FF9B << 64}:  # IPv4-mapped (RFC 4291), NAT64 (RFC 6052)
        return (last,)
    if number >> 112 == 0x2002:  # noqa: PLR2004 -- 6to4 (RFC 3056, section 2)
        return (number >> 80 & 0xFFFFFFFF,)
    if number >> 96 == 0x20010000:  # noqa: PLR2004 -- Teredo: its server, and the client inverted (RFC 4380, section 4)
        return (number >> 64 & 0xFFFFFFFF, last ^ 0xFFFFFFFF)
    return ()


def is_this_machine(host: str) -> bool:
    """Return whether a URL's host is localhost, or a name under it (RFC 6761, section 6.3)."""
    return f".{host.rstrip('.')}".endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets public addresses be dialled on ports that feeds are served on, and whatever the operator allows exactly."""

    origins: frozenset[tuple[str, int]] = frozenset()
    """Hosts and ports, as a URL writes them, that may be dialled wherever they resolve to."""
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Addresses that may be dialled under any name."""

    @classmethod
    def allowing(cls, rules: Iterable[str]) -> "Guard":
        """Return a guard with the exceptions that ``ALLOW_HOSTS`` lists: exact ``host:port`` or CIDR."""
        rules = tuple(rules)
        return cls(
            frozenset(_read_origin(rule) for rule in rules if "/" not in rule),
            tuple(ip_network(rule, strict=False) for rule in rules if "/" in rule),
        )

    def allows_by_name(self, host: str, port: int) -> bool:
        """Return whether a host may be asked wherever its name leads, so that nobody need look it up to judge it.

        By name, or because everything is allowed.
        """
        return (host, port) in self.origins or set(self.networks) >= _EVERYTHING

    def objection(self, ip: str, port: int, host: str) -> str | None:
        """Return why ``ip`` and ``port`` may not be dialled for a URL of ``host``; None when they may."""
        if (host, port) in self.origins or (self.networks and self._is_in_networks(ip)):
            return None
        if (port < _FIRST_FREE_PORT and port not in _WEB_PORTS) or port in _FOREIGN_PORTS:
            return f"port {port} is not one that feeds are served on"
        if kind := special_kind(ip):
            return f"{ip} is not a public address ({kind})"
        return None

    def objection_to(self, location: Location) -> str | None:
        """Return why a URL with an address for a host may not be asked; None when it may, and for one with a name.

        One name is as good as an address: localhost is this machine.
        """
        try:
            ip = "127.0.0.1" if is_this_machine(location.host) else str(ip_address(location.host))
        except ValueError:
            return None
        return self.objection(ip, location.port, location.host)

    def _is_in_networks(self, ip: str) -> bool:
        address = ip_address(ip)
        # An IPv4-mapped address is dialled as the IPv4 address it carries.
        dialled: IPv4Address | None = getattr(address, "ipv4_mapped", None)
        return any((dialled or address) in network for network in self.networks)


def refusal_of(location: Location, objection: str) -> RejectedError:
    """Return the failure of a request that the guard objects to."""
    sentence = f"{location.host} is not fetched: {objection}; FEEDMILL_ALLOW_HOSTS lists exceptions"
    return RejectedError(ErrorClass.GUARD, sentence)


def _read_origin(rule: str) -> tuple[str, int]:
    """Read ``host:port`` the way a URL's host is read, so that both compare as equal."""
    host, _, port = rule.rpartition(":")
    bare = host.strip("[]")
    try:
        hostname = can_ada.parse(f"http://[{bare}]/" if ":" in bare else f"http://{bare}/").hostname
    except ValueError as error:
        raise ValueError(f"{rule!r} does not begin with a host name or an address") from error
    return hostname.strip("[]"), int(port)
