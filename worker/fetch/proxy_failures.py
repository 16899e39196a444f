"""What a request's end means where a proxy dialled for us: the proxy's failure, or the host's.

A proxy that is down looks like an outage of our own network, and is one. What it has against us is for its operator to
set right, and says nothing about the publisher.
"""

from http import HTTPStatus

import pycurl

from worker.basics.text import clean
from worker.basics.units import show_duration
from worker.errors import ErrorClass, PollError, TransientError
from worker.fetch.host_names import needs_lookup
from worker.fetch.libcurl import TLS_CODES, EndedRequest, unresolved_error
from worker.fetch.request import FetchLimits, Location
from worker.fetch.transfer import Transfer
from worker.values.request_settings import Proxy

# pycurl has names neither for it (SOCKS, or the proxy's own words, went wrong) nor for the details (CURLproxycode of
# curl/curl.h): a user or password that is too long, no method that both know, user rejected; not allowed by rules.
_E_PROXY = 97
_UNAUTHORISED = frozenset({10, 11, 12, 33})
_NOT_ALLOWED = 23
_NO_CONNECTION = frozenset({pycurl.E_COULDNT_CONNECT, pycurl.E_COULDNT_RESOLVE_PROXY})


def proxy_failure(transfer: Transfer, ended: EndedRequest, limits: FetchLimits) -> PollError | None:
    """Return the proxy's own failure; None where the host answered through it, or failed by itself."""
    proxy, hop = transfer.terms.proxy, transfer.hop
    if proxy is None:
        return None
    if hop.head:
        return _unauthorised(proxy) if hop.head.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED else None
    # Over a tunnel that was kept open nothing is asked of the proxy.
    if not ended.code or not hop.is_dialled or transfer.elapsed >= limits.timeout:
        return None
    answered: int = transfer.handle.getinfo(pycurl.HTTP_CONNECTCODE)
    if answered >= HTTPStatus.BAD_REQUEST:
        return _explain_answer(proxy, hop.location, answered)
    if ended.code == _E_PROXY:
        return _explain_code(proxy, hop.location, transfer.handle.getinfo(pycurl.PROXY_ERROR))
    return None if answered else _explain_break(proxy, hop.location, ended, limits)


def _explain_answer(proxy: Proxy, location: Location, status: int) -> TransientError:
    """Return what it means that an HTTP proxy opened no tunnel."""
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return _unauthorised(proxy)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unreached(proxy, location)
    return _forbidden(proxy, location)


def _explain_code(proxy: Proxy, location: Location, code: int) -> TransientError:
    """Return what the code means with which a SOCKS proxy opened no connection."""
    if code in _UNAUTHORISED:
        return _unauthorised(proxy)
    return _forbidden(proxy, location) if code == _NOT_ALLOWED else _unreached(proxy, location)


def _explain_break(proxy: Proxy, location: Location, ended: EndedRequest, limits: FetchLimits) -> TransientError | None:
    """Return what it means that a connection to the proxy failed or ended without an answer; None: its host failed."""
    if ended.code == pycurl.E_OPERATION_TIMEDOUT:
        within = show_duration(limits.connect_timeout)
        sentence = f"no connection to {location.host} through the proxy {proxy.authority} within {within}"
        return TransientError(ErrorClass.TIMEOUT, sentence)
    if ended.code in _NO_CONNECTION:
        return TransientError(ErrorClass.CONNECT, f"the proxy {proxy.authority} accepts no connection")
    if ended.code in TLS_CODES and proxy.scheme == "https":
        sentence = f"no secure connection to the proxy {proxy.authority}: {clean(ended.message, 200)}"
        return TransientError(ErrorClass.TLS, sentence)
    if proxy.scheme in {"http", "https"} and location.href.startswith("https:"):
        sentence = f"the proxy {proxy.authority} opened no connection, nor said why: it may be no HTTP proxy"
        return TransientError(ErrorClass.CONNECT, sentence)
    return None


def _unauthorised(proxy: Proxy) -> TransientError:
    """Return the failure at a proxy that wants a password: it says nothing about the publisher."""
    wants = "wants a user and password: give them"
    if proxy.user is not None:
        wants = f"rejects the password of user {proxy.user}: give another"
    sentence = f"the proxy {proxy.authority} {wants} with `feedmill set --proxy`, or in FEEDMILL_PROXY"
    return TransientError(ErrorClass.SETTINGS, sentence)


def _forbidden(proxy: Proxy, location: Location) -> TransientError:
    return TransientError(ErrorClass.SETTINGS, f"the rules of the proxy {proxy.authority} forbid {location.host}")


def _unreached(proxy: Proxy, location: Location) -> TransientError:
    return TransientError(ErrorClass.CONNECT, f"the proxy {proxy.authority} could not reach {location.host}")


def name_failure(transfer: Transfer, limits: FetchLimits, *, is_late: bool) -> TransientError:
    """Return the failure of a name that has no address, or none in time: the request's host, or its proxy."""
    location, proxy, names = transfer.hop.location, transfer.terms.proxy, transfer.hop.names
    failure = unresolved_error(names[0], limits, is_late=is_late)
    if proxy is None:
        return failure
    # The proxy's name is looked up last.
    if len(names) == 1 and needs_lookup(proxy.host):
        return TransientError(ErrorClass.DNS, f"the proxy {proxy.authority} is out of reach: {failure.sentence}")
    unjudged = "here, so that nobody can judge where the proxy would find it"
    cure = f"FEEDMILL_ALLOW_HOSTS={location.host}:{location.port} leaves it to the proxy"
    return TransientError(ErrorClass.DNS, f"{failure.sentence} {unjudged}; {cure}")
