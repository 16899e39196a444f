"""Who may look: whoever has the token, whom a trusted proxy names, and, where neither is set, this machine alone.

A browser that was given the token on the form of ``/sign-in`` keeps a cookie that proves it, and not the token itself.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from worker.settings import Settings

COOKIE = "feedmill"
KEPT_FOR = 30 * 24 * 3600
"""Seconds for which a browser stays signed in."""
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_LOCAL_NAMES = ("localhost", "feedmill.localhost")


@dataclass(frozen=True)
class Access:
    """The rules by which visitors are let in, of the settings."""

    token: str | None
    user_header: str | None
    proxies: Sequence[IPv4Network | IPv6Network]

    def is_open_to(self, asked: HTTPConnection) -> bool:
        """Return whether whoever asks may look."""
        if self.token or self.user_header:
            return self.shows_token(asked) or self.is_named_by_proxy(asked)
        return _is_asked_on_this_machine(asked)

    def shows_token(self, asked: HTTPConnection) -> bool:
        """Return whether whoever asks has the token, or a browser that was given it."""
        scheme, _, said = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(said.strip())
        if scheme.lower() == "basic":
            return self.is_token(_password_of(said.strip()))
        return self._is_own_cookie(asked.cookies.get(COOKIE, ""))

    def is_named_by_proxy(self, asked: HTTPConnection) -> bool:
        """Return whether a trusted proxy says who asks."""
        return bool(self.user_header and self.is_proxy(asked) and asked.headers.get(self.user_header, "").strip())

    def is_proxy(self, asked: HTTPConnection) -> bool:
        """Return whether the other end of the connection is a trusted proxy."""
        address = _address_of(asked.client.host if asked.client else "")
        return address is not None and any(address in network for network in self.proxies)

    def visitor(self, asked: HTTPConnection) -> str:
        """Return the address that asks, as a trusted proxy says it, else as the connection does."""
        peer = asked.client.host if asked.client else ""
        # The last of them was added by the proxy itself; what stands before it anybody may have sent.
        said = asked.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        named = _address_of(said) if said and self.is_proxy(asked) else _address_of(peer)
        if isinstance(named, IPv6Address):
            # A household has so many addresses.
            return str(ip_network((named, 64), strict=False))
        return str(named or peer)

    def is_secure(self, asked: HTTPConnection) -> bool:
        """Return whether the visitor came over TLS, which a trusted proxy ended."""
        return self.is_proxy(asked) and asked.headers.get("x-forwarded-proto", "").lower() == "https"

    def is_token(self, text: str) -> bool:
        """Return whether a text is the token."""
        return bool(self.token) and hmac.compare_digest(text.encode(), (self.token or "").encode())

    def make_cookie(self) -> str:
        """Return what a browser that showed the token keeps."""
        until = str(int(time.time()) + KEPT_FOR)
        return f"{until}.{self._sign(until)}"

    def _is_own_cookie(self, cookie: str) -> bool:
        until, _, signature = cookie.partition(".")
        is_ours = bool(self.token) and hmac.compare_digest(signature.encode(), self._sign(until).encode())
        return is_ours and int(until) > time.time()

    def _sign(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        return hashlib.sha256(b"feedmill cookie " + (self.token or "").encode()).digest()


def read_access(chosen: Settings) -> Access:
    """Return the rules that the settings make."""
    token = chosen.web_token.get_secret_value() if chosen.web_token else None
    networks = [ip_network(text, strict=False) for text in chosen.web_proxies]
    return Access(token or None, chosen.web_user_header, networks)


def is_from_own_page(asked: HTTPConnection) -> bool:
    """Return whether a request that changes something does not come from a page of somebody else."""
    if asked.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = asked.headers.get("origin")
    # A browser names scheme and host and nothing else.
    return origin is None or origin.partition("://")[2] == asked.headers.get("host", "")


def _is_asked_on_this_machine(asked: HTTPConnection) -> bool:
    """Return whether somebody on this machine asks for it by a name of this machine.

    A page of somebody else can have its name point here, and a proxy here passes on what anybody asks.
    """
    address = _address_of(asked.client.host if asked.client else "")
    if address is None or not address.is_loopback or any(name in asked.headers for name in _FORWARDED):
        return False
    try:
        host = urlsplit(f"//{asked.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    named = _address_of(host)
    return host in _LOCAL_NAMES or bool(named and named.is_loopback)


def _address_of(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _password_of(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        # It is no Base64, or no UTF-8.
        return ""
