"""Requests through a proxy: their targets are judged before it dials for us, and nothing but the proxy is dialled.

A proxy looks names up again and dials what it finds, so a name is handed to it only if all its addresses may be asked.
The proxy's own address is the operator's choice: it is dialled wherever it lies.
"""

from worker.errors import RejectedError
from worker.fetch.guard import Guard, is_this_machine, refusal_of
from worker.fetch.host_names import needs_lookup
from worker.fetch.request import Location
from worker.values.request_settings import Proxy


def judge_target(guard: Guard, location: Location, addresses: tuple[str, ...] = ()) -> RejectedError | None:
    """Return why a proxy may not have a URL's host, by all addresses of its name or the one that it is; else None."""
    objections = (guard.objection(ip, location.port, location.host) for ip in addresses)
    objection = next(filter(None, objections), None) or guard.objection_to(location)
    return refusal_of(location, objection) if objection else None


def names_to_look_up(guard: Guard, location: Location, proxy: Proxy) -> list[str]:
    """Return what must be looked up before a request is sent: its host's name, to judge it, and then the proxy's."""
    is_judged = needs_lookup(location.host) and not guard.allows_by_name(location.host, location.port)
    return [*([location.host] if is_judged else []), *([proxy.host] if needs_lookup(proxy.host) else [])]


def addresses_of(proxy: Proxy) -> frozenset[tuple[str, int]]:
    """Return what may be dialled for a proxy whose host is an address, or this machine; nothing where it is a name."""
    if needs_lookup(proxy.host):
        return frozenset()
    hosts = ("127.0.0.1", "::1") if is_this_machine(proxy.host) else (proxy.host,)
    return frozenset((ip, proxy.port) for ip in hosts)
