"""What may become a part of our requests: header lines, users and passwords, names of ours, proxies.

Whatever could split a request, or is for Feedmill alone to say, is refused. ValueError says why in a sentence that
holds no secret.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

import can_ada

from worker.values.request_settings import DIRECT, Proxy

VARIABLE_PREFIX: Final = "FEEDMILL_FEED_"
"""What the names of environment variables with feeds' secrets begin with: no other variable leaves this machine."""
MOST_HEADERS = 30
_LONGEST_VALUE = 8_000
_LONGEST_NAME = 100
# RFC 9110, section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 9110, section 5.5, without what is obsolete: a value is printable ASCII, with blanks and tabs only inside.
_VALUE = re.compile(r"[!-~](?:[\t -~]*[!-~])?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_VARIABLE = re.compile(rf"{VARIABLE_PREFIX}[A-Z0-9_]+")
_PROXY = re.compile(
    r"(?P<scheme>[a-z0-9]+)://(?:(?P<user>[^\s/@:]*)(?::(?P<password>[^\s/@]*))?@)?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^\s/\\@:?#\[\]]+):(?P<port>\d{1,5})/?",
    re.IGNORECASE,
)
_PROXY_SCHEMES = ("http", "https", "socks5h")
_LAST_PORT = 65_535
# What frames a message or belongs to one connection, what names the host, and what Feedmill works out for itself.
_FRAMING = "it frames the message or belongs to the connection"
_CONDITIONAL = "Feedmill asks by itself whether the feed has changed"
_GOVERNED: Mapping[str, str] = {
    **dict.fromkeys("connection content-length expect keep-alive trailer transfer-encoding upgrade".split(), _FRAMING),
    "te": _FRAMING,  # codespell:ignore te
    **dict.fromkeys("if-match if-modified-since if-none-match if-range if-unmodified-since".split(), _CONDITIONAL),
    "accept-encoding": "Feedmill names the codings that it can read",
    "host": "it follows from the URL",
    "range": "a part of a feed is no feed",
    "proxy-authorization": "--proxy names the proxy's user",
    "proxy-connection": _FRAMING,
    "user-agent": "--user-agent sets it",
}


def read_header_name(text: str) -> str:
    """Return a header's name; ValueError for one that is no token (RFC 9110), or that Feedmill itself governs."""
    if len(text) > _LONGEST_NAME or not _TOKEN.fullmatch(text):
        raise ValueError("a header's name is one word of ASCII letters, digits and hyphens, such as X-Api-Key")
    if reason := _GOVERNED.get(text.lower()):
        raise ValueError(f"{text} cannot be set: {reason}")
    return text


def check_header_value(name: str, value: str) -> str:
    """Return a header's value as it is sent; ValueError where it could split the request."""
    value = value.strip(" \t")
    if not value:
        raise ValueError(f"{name} has no value; --no-header {name} takes it away")
    if len(value) > _LONGEST_VALUE or not _VALUE.fullmatch(value):
        raise ValueError(f"the value of {name} must be one line of at most {_LONGEST_VALUE:,} characters of ASCII")
    return value


def check_user(user: str) -> str:
    """Return the name of a user of HTTP Basic (RFC 7617, section 2)."""
    if not user or len(user) > _LONGEST_VALUE or ":" in user or _CONTROLS.search(user) or not is_text(user):
        raise ValueError("a user's name is not empty, and holds no colon and no control character")
    return user


def check_password(password: str) -> str:
    """Return a password of HTTP Basic; an empty one is one too."""
    if len(password) > _LONGEST_VALUE or _CONTROLS.search(password):
        raise ValueError(f"a password is one line of at most {_LONGEST_VALUE:,} characters, without control characters")
    return password


def is_text(text: str) -> bool:
    """Return whether a text that was typed is Unicode throughout, so that the store can hold it."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def check_user_agent(name: str) -> str:
    """Return the name we go by; ValueError unless it can be a header line (RFC 9110, section 10.1.5)."""
    if not name.strip() or not name.isprintable() or not name.isascii():
        raise ValueError("it must be one line of ASCII that tells publishers who asks")
    return name


def read_variable(text: str) -> str:
    """Return the name of an environment variable that may hold a secret of a feed."""
    if not _VARIABLE.fullmatch(text):
        raise ValueError(
            f"the variable's name begins with {VARIABLE_PREFIX}, such as {VARIABLE_PREFIX}NEWS, and goes on in "
            "capitals, digits and underscores: no other variable is ever sent to a publisher"
        )
    return text


def read_proxy(text: str) -> Proxy:
    """Read a proxy's URL; a password in it is percent-encoded, as its user is."""
    found = _PROXY.fullmatch(text.strip())
    port = int(found["port"]) if found else 0
    if found is None or found["scheme"].lower() not in _PROXY_SCHEMES or not 0 < port <= _LAST_PORT:
        raise ValueError("a proxy is named as http://host:port, https://host:port or socks5h://host:port")
    try:
        host = can_ada.parse(f"http://{found['host']}/").hostname.strip("[]")
    except ValueError as error:
        raise ValueError("the proxy's host is neither a name nor an address") from error
    user, password = (_decode(found[name]) for name in ("user", "password"))
    if user is None:
        return Proxy(found["scheme"].lower(), host, port)
    return Proxy(
        found["scheme"].lower(), host, port, check_user(user), None if password is None else check_password(password)
    )


def _decode(text: str | None) -> str | None:
    return None if text is None else unquote(text, errors="surrogateescape")


def write_proxy(proxy: Proxy, *, with_password: bool = False) -> str:
    """Return a proxy's URL with its user, as ``read_proxy`` reads it; also with the password if that is wanted."""
    if proxy.user is None:
        return proxy.url
    password = f":{_encode(proxy.password)}" if with_password and proxy.password is not None else ""
    return f"{proxy.scheme}://{_encode(proxy.user)}{password}@{proxy.authority}"


def _encode(text: str) -> str:
    return quote(text, safe="", errors="surrogateescape")


def show_proxy(stored: str) -> str:
    """Say through what a feed is asked for, as the store has it: ``the proxy http://h:3128 as user bob``."""
    if stored == DIRECT:
        return "no proxy"
    try:
        proxy = read_proxy(stored)
    except ValueError:
        return "a proxy whose URL cannot be read"
    return f"the proxy {proxy.url}{'' if proxy.user is None else f' as user {proxy.user}'}"
