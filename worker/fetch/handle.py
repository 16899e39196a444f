"""libcurl's easy handles, with everything set that is the same for every request."""

import math
import ssl
from pathlib import Path

import certifi
import pycurl

from worker.fetch.limits import FetchLimits

# Where distributions keep their bundle, for a Python that was built to look elsewhere.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def find_ca_bundle(usual: tuple[str, ...] = _BUNDLES) -> str:
    """Return the file of the authorities to trust: the system's, which its operator may add to, else certifi's."""
    named = ssl.get_default_verify_paths().cafile
    return next((path for path in (named, *usual) if path and Path(path).is_file()), certifi.where())


def new_handle(limits: FetchLimits, ca_bundle: str) -> pycurl.Curl:
    """Return a handle for one request at a time, to be used again and again: setting it up costs more than a poll."""
    handle = pycurl.Curl()
    options = {
        # Signals belong to Celery; and libcurl's would not be safe beside threads.
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        # Else the environment's proxy dials for us, past the guard.
        pycurl.PROXY: "",
        # Each hop is checked by us first.
        pycurl.FOLLOWLOCATION: 0,
        # One request at a time to a host gains nothing from HTTP/2 and its buffers.
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        # The path was settled when the URL was read: there is one spelling of it, not two.
        pycurl.PATH_AS_IS: 1,
        pycurl.USERAGENT: limits.user_agent.encode(),
        pycurl.CONNECTTIMEOUT_MS: milliseconds(limits.connect_timeout.total_seconds()),
        # On the wire; what it decodes to is counted as it is decoded.
        pycurl.MAXFILESIZE_LARGE: limits.max_body,
        pycurl.CAINFO: ca_bundle,
    }
    for option, value in options.items():
        handle.setopt(option, value)
    return handle


def milliseconds(seconds: float) -> int:
    """Return a time limit as libcurl takes it, at least 1: 0 would be no limit at all."""
    return max(1, math.ceil(seconds * 1000))
