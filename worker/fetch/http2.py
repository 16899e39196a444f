"""HTTP/2: offered only where a server wants it, for it costs more than HTTP/1.1 and brings nothing to single requests.

A server that takes nothing else says so in one of four ways, after which the same is asked again with HTTP/2 offered.
"""

from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

import pycurl

from worker.errors import ErrorClass, TransientError
from worker.fetch.headers import Head
from worker.fetch.hop import Hop
from worker.fetch.libcurl import E_STREAM, EndedRequest
from worker.fetch.request import Location

# Its own failures.
_IN_VAIN = frozenset({E_STREAM, pycurl.E_HTTP2})
# The alert no_application_protocol (RFC 7301, section 3.2), as OpenSSL and GnuTLS word it.
_ALERT = "application protocol"
# What libcurl says of frames where a status line belongs.
_FRAMES = "HTTP/0.9"
_REFUSALS = frozenset({HTTPStatus.UPGRADE_REQUIRED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED})
# Its names in a field Upgrade.
_NAMES = frozenset({"h2", "h2c", "http/2", "http/2.0"})
# A libcurl that an operator built may lack it.
_HAS_HTTP2 = bool(pycurl.version_info()[4] & pycurl.VERSION_HTTP2)


class Http2Origins:
    """The origins that want HTTP/2; a class because they are remembered: so many of them, least recent out."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._origins: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, origin: str) -> bool:
        if origin not in self._origins:
            return False
        self._origins.move_to_end(origin)
        return True

    def learn(self, hop: Hop, ended: EndedRequest) -> bool:
        """Take in how a request ended; return whether it is to be asked again, with HTTP/2 offered now."""
        origin = hop.location.origin
        is_wanted = _is_wanted(hop, ended)
        if hop.offers_http2:
            is_old = hop.head is not None and not is_spoken(ended.handle)
            if is_wanted or is_old or hop.is_refused or ended.code in _IN_VAIN:
                self._origins.pop(origin, None)
            return False
        if is_wanted:
            self._origins[origin] = None
            if len(self._origins) > self._most:
                self._origins.popitem(last=False)
        return is_wanted


def _is_wanted(hop: Hop, ended: EndedRequest) -> bool:
    """Return whether a server shows that it wants HTTP/2, or nothing that it was offered."""
    if hop.head:
        asks = hop.head.status in _REFUSALS and _names_http2(hop.head)
    elif ended.code == pycurl.E_SSL_CONNECT_ERROR:
        asks = _ALERT in ended.message
    else:
        asks = ended.code == pycurl.E_UNSUPPORTED_PROTOCOL and _FRAMES in ended.message
    return asks and can_offer(hop.location)


def _names_http2(head: Head) -> bool:
    """Return whether a refusal names HTTP/2, or needs not to: the version is all that it refuses."""
    if head.status == HTTPStatus.HTTP_VERSION_NOT_SUPPORTED:
        return True
    named = {name.strip() for name in head.fields.get("upgrade", "").lower().split(",")}
    return not named.isdisjoint(_NAMES)


def can_offer(location: Location) -> bool:
    """Return whether HTTP/2 can be offered: over TLS alone is it agreed on before the first request."""
    return _HAS_HTTP2 and location.href.startswith("https:")


def is_spoken(handle: pycurl.Curl) -> bool:
    """Return whether a handle's last answer came over HTTP/2."""
    return bool(handle.getinfo(pycurl.INFO_HTTP_VERSION) == pycurl.CURL_HTTP_VERSION_2_0)


def choose_version(handle: pycurl.Curl, on_request: Callable[..., int] | None) -> None:
    """Offer HTTP/2 besides HTTP/1.1 in a handle's next requests, each of which ``on_request`` may stop; or not."""
    if on_request is None:
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        handle.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_DEFAULT)
        handle.unsetopt(pycurl.PREREQFUNCTION)
    else:
        handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        # The latest version there is, as by default. But libcurl would use a connection that was kept open for a
        # request without the offer; where the terms of TLS are written otherwise it opens another one.
        handle.setopt(pycurl.SSLVERSION, pycurl.SSLVERSION_MAX_TLSv1_3)
        handle.setopt(pycurl.PREREQFUNCTION, on_request)


def refused_error(host: str) -> TransientError:
    """Return the failure of a request that a server refused before it looked at it (RFC 9113, section 8.7)."""
    return TransientError(ErrorClass.PROTOCOL, f"{host} refused the request over HTTP/2")
