"""What libcurl's error codes mean for a feed: only what broke on the wire, never what we refused ourselves."""

from datetime import timedelta

import pycurl

from worker.basics.measures import show_duration, show_size
from worker.basics.text import clean
from worker.errors import ErrorClass, PollError, RejectedError, TransientError
from worker.fetch.body import too_big
from worker.fetch.limits import FetchLimits

# pycurl has no name for it: a header line, or their number, beyond libcurl's own limits.
_E_TOO_LARGE = 100
_TLS = "no secure connection to {host}"
_BROKEN = "the connection to {host} broke before the answer was complete"
_TRANSIENT = {
    pycurl.E_COULDNT_RESOLVE_HOST: (ErrorClass.DNS, "the name {host} does not resolve"),
    pycurl.E_COULDNT_CONNECT: (ErrorClass.CONNECT, "{host} accepts no connection"),
    pycurl.E_SSL_CONNECT_ERROR: (ErrorClass.TLS, _TLS),
    pycurl.E_SSL_CERTPROBLEM: (ErrorClass.TLS, _TLS),
    pycurl.E_SSL_CIPHER: (ErrorClass.TLS, _TLS),
    pycurl.E_PEER_FAILED_VERIFICATION: (ErrorClass.TLS, _TLS),
    pycurl.E_SSL_CACERT_BADFILE: (ErrorClass.TLS, _TLS),
    pycurl.E_SSL_ISSUER_ERROR: (ErrorClass.TLS, _TLS),
    pycurl.E_SSL_INVALIDCERTSTATUS: (ErrorClass.TLS, _TLS),
    pycurl.E_PARTIAL_FILE: (ErrorClass.INCOMPLETE, _BROKEN),
    pycurl.E_GOT_NOTHING: (ErrorClass.INCOMPLETE, "{host} closed the connection without an answer"),
    pycurl.E_SEND_ERROR: (ErrorClass.INCOMPLETE, _BROKEN),
    pycurl.E_RECV_ERROR: (ErrorClass.INCOMPLETE, _BROKEN),
}


def failure(code: int, message: str, host: str, limits: FetchLimits, elapsed: timedelta) -> PollError:
    """Return what libcurl's error ``code`` means; ``message`` is its own account, added where it tells more."""
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return timed_out(host, limits) if elapsed >= limits.timeout else unconnected(host, limits)
    # The two codes that stand for nothing but a limit that we gave libcurl, or that it has itself.
    if code == pycurl.E_FILESIZE_EXCEEDED:
        return too_big(limits.max_body)
    if code == _E_TOO_LARGE:
        return headers_too_big(limits)
    error_class, sentence = _TRANSIENT.get(code, (ErrorClass.PROTOCOL, "{host} does not speak HTTP as it should"))
    told = f": {clean(message, 200)}" if error_class in {ErrorClass.TLS, ErrorClass.PROTOCOL} and message else ""
    return TransientError(error_class, sentence.format(host=host) + told)


def timed_out(host: str, limits: FetchLimits) -> TransientError:
    """Return the failure of a fetch that took too long."""
    return TransientError(ErrorClass.TIMEOUT, f"{host} did not answer in full within {show_duration(limits.timeout)}")


def unresolved(host: str, limits: FetchLimits, *, is_late: bool) -> TransientError:
    """Return the failure of a name that has no address, or none in time."""
    in_time = f"was not resolved within {show_duration(limits.connect_timeout)}" if is_late else "does not resolve"
    return TransientError(ErrorClass.DNS, f"the name {host} {in_time}")


def unconnected(host: str, limits: FetchLimits) -> TransientError:
    """Return the failure of a connection that took too long."""
    return TransientError(ErrorClass.TIMEOUT, f"no connection to {host} within {show_duration(limits.connect_timeout)}")


def headers_too_big(limits: FetchLimits) -> RejectedError:
    """Return the refusal of an answer with too much in its headers."""
    return RejectedError(ErrorClass.TOO_BIG, f"the headers are larger than {show_size(limits.max_header_bytes)}")
