"""One name looked up by the system's resolver, which takes as long as it takes."""

import socket

# Far more than any publisher has; a name server may tell us thousands.
_MOST = 16


def needs_lookup(host: str) -> bool:
    """Return whether a URL's host is a name that somebody has to be asked for."""
    # RFC 6761, section 6.3: libcurl knows what localhost is and asks nobody.
    is_local = f".{host.removesuffix('.')}".endswith(".localhost")
    return not (is_local or ":" in host or _is_ipv4(host))


def look_up(host: str) -> tuple[str, ...]:
    """Return the addresses of a name in the order to try them; none where it does not resolve."""
    try:
        found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    addresses = (str(address[0]) for family, _, _, _, address in found if family in {socket.AF_INET, socket.AF_INET6})
    return tuple(dict.fromkeys(addresses))[:_MOST]


def _is_ipv4(host: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, host)
    except OSError:
        return False
    return True
