"""The guard: which addresses may be dialled, judged at the moment of dialling, whatever the URL or the DNS said."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

import can_ada

from worker.fetch.addresses import special_kind
from worker.fetch.location import Location

_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024
# A URL can make us send a line of its author's choice: not to services that would take it for a command. These are the
# ports browsers refuse (Fetch Standard, "port blocking") above 1024, and those of databases, caches and brokers.
_FOREIGN_PORTS = frozenset(
    {1433, 1521, 1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 5672}
    | {5900, 6000, 6379, 6380, 6566, *range(6665, 6670), 6679, 6697, 9042, 9100, 9200, 9300, 10080, 10250, 11211, 27017}
)


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be dialled: public addresses on web ports, and the operator's exact exceptions."""

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

    def objection(self, ip: str, port: int, host: str) -> str | None:
        """Return why ``ip`` and ``port`` may not be dialled for a URL of ``host``, or null when they may."""
        if (host, port) in self.origins or (self.networks and self._is_in_networks(ip)):
            return None
        if (port < _FIRST_FREE_PORT and port not in _WEB_PORTS) or port in _FOREIGN_PORTS:
            return f"port {port} is not one that feeds are served on"
        if kind := special_kind(ip):
            return f"{ip} is not a public address ({kind})"
        return None

    def objection_to(self, location: Location) -> str | None:
        """Return why a URL may not be asked that has an address in place of a name; else null."""
        try:
            ip = str(ip_address(location.host))
        except ValueError:
            return None
        return self.objection(ip, location.port, location.host)

    def _is_in_networks(self, ip: str) -> bool:
        address = ip_address(ip)
        # An IPv4-mapped address is dialled as the IPv4 address it carries.
        dialled: IPv4Address | None = getattr(address, "ipv4_mapped", None)
        return any((dialled or address) in network for network in self.networks)


def _read_origin(rule: str) -> tuple[str, int]:
    """Read ``host:port`` the way a URL's host is read, so that both compare as equal."""
    host, _, port = rule.rpartition(":")
    bare = host.strip("[]")
    try:
        hostname = can_ada.parse(f"http://[{bare}]/" if ":" in bare else f"http://{bare}/").hostname
    except ValueError as error:
        raise ValueError(f"{rule!r} does not begin with a host name or an address") from error
    return hostname.strip("[]"), int(port)
