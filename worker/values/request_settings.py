"""How an operator wants one feed to be asked for: user, header lines, proxy; secrets are named here and kept elsewhere.

A ``RequestSettings`` is what the store holds. ``worker.fetch.terms`` turns it into the terms of a request.
"""

from dataclasses import dataclass, field

DIRECT = "none"
"""What stands in place of a proxy's URL where a feed is asked without one, whatever FEEDMILL_PROXY says."""


@dataclass(frozen=True, slots=True)
class HeaderSetting:
    """A header line of a feed's requests; its value counts as a secret."""

    name: str
    variable: str | None = None
    """The environment variable that holds its value; None: the secrets file holds it."""


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """What an operator chose for the requests to one feed; a field that is None follows the settings."""

    given_for: str | None = None
    """The URL for which secrets were given: they go to its origin only, and the secrets file has them under it."""
    user: str | None = None
    """Of HTTP Basic."""
    password_variable: str | None = None
    """The environment variable that holds the password; None: the secrets file holds it."""
    headers: tuple[HeaderSetting, ...] = ()
    user_agent: str | None = None
    proxy: str | None = None
    """Its URL without a password, or ``none``."""
    proxy_variable: str | None = None
    """The environment variable that holds the password of the proxy's user; None: the secrets file holds it."""
    is_insecure: bool = False
    """Whether the certificates of the feed's own host are not checked."""
    offers_http2: bool = False
    """Whether HTTP/2 is offered to it, besides HTTP/1.1, before it shows that it wants it."""

    @property
    def has_secret_lines(self) -> bool:
        """Whether there is anything that only one origin may see."""
        return self.user is not None or bool(self.headers)


NO_REQUEST_SETTINGS = RequestSettings()
UNREADABLE = RequestSettings(proxy="")
"""What stands in the store cannot be read: no request is made, for it might pass a proxy by."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Who dials for us."""

    scheme: str
    """``http``, ``https`` or ``socks5h``."""
    host: str
    """Without the brackets of an IPv6 address."""
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Its URL, without its user."""
        return f"{self.scheme}://{self.authority}"
