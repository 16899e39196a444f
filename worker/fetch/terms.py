"""The terms of a request: through which proxy, under which name, with which lines that only one origin may see.

RequestSettings (what the store holds) → secrets from the environment and the secrets file → RequestTerms → libcurl

A secret that is not here fails the poll before anything is sent: asked without it, a publisher would answer as if we
had no right to the feed.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import pycurl

from worker.basics.request_rules import (
    check_header_value,
    check_password,
    check_user,
    check_user_agent,
    read_header_name,
    read_proxy,
    write_proxy,
)
from worker.errors import ErrorClass, TransientError
from worker.fetch.request import Location, locate
from worker.fetch.secrets_file import FeedSecrets, SecretsFile, SecretsFileError
from worker.values.due_feeds import Credentials, FetchRequest
from worker.values.request_settings import (
    DIRECT,
    NO_REQUEST_SETTINGS,
    UNREADABLE,
    HeaderSetting,
    Proxy,
    RequestSettings,
)


@dataclass(frozen=True, slots=True)
class RequestTerms:
    """How requests are made."""

    user_agent: str
    proxy: Proxy | None = None
    """Who dials for us."""
    is_insecure: bool = False
    """Whether the certificates of the feed's own host are not checked."""
    offers_http2: bool = False
    """Whether HTTP/2 is offered before a server shows that it wants it."""
    origin: str | None = None
    """The only origin that gets the secret lines."""
    secret_lines: tuple[str, ...] = field(default=(), repr=False)
    user: str | None = None
    """Whose password is among them."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where the secrets of feeds' requests are, on this machine."""

    file: SecretsFile
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The variables of the environment that hold any."""


NOWHERE = Secrets(SecretsFile(None))
"""For those who fetch nothing that needs a secret."""


class TermsFinder:
    """Finds the terms of requests that are not made as usual; a class because it keeps what is usual."""

    def __init__(self, usual: RequestTerms, secrets: Secrets) -> None:
        self.usual = usual
        self._secrets = secrets

    def find(self, request: FetchRequest, location: Location) -> RequestTerms:
        """Return the terms of a request to a feed at ``location``; TransientError where a secret is not to be had."""
        settings = request.settings or NO_REQUEST_SETTINGS
        if settings is UNREADABLE:
            raise _unusable("the store's request settings of this feed cannot be read: `feedmill set` them anew")
        try:
            return self._find(settings, request.credentials, location)
        except ValueError as error:
            raise _unusable(str(error)) from error

    def _find(self, settings: RequestSettings, given: Credentials | None, location: Location) -> RequestTerms:
        origin = locate(settings.given_for).origin if settings.given_for else None
        if given:
            # What is given for this one request goes to the feed's own origin, in place of a user that is kept.
            kept = settings.headers if origin == location.origin else ()
            headers = tuple(header for header in kept if header.name.lower() != "authorization")
            settings = replace(settings, user=None, headers=headers)
            origin = location.origin
        lines = [self._find_line(settings, header) for header in settings.headers]
        if settings.user is not None:
            what = f"the password of user {settings.user}"
            kept_with = self._find_secret(settings, what, settings.password_variable, lambda kept: kept.password)
            given = Credentials(check_user(settings.user), check_password(kept_with))
        return RequestTerms(
            user_agent=check_user_agent(settings.user_agent) if settings.user_agent else self.usual.user_agent,
            proxy=self._find_proxy(settings),
            is_insecure=settings.is_insecure,
            offers_http2=settings.offers_http2,
            origin=origin,
            secret_lines=(*lines, *([basic_line(given)] if given else [])),
            user=given.user if given else None,
        )

    def _find_line(self, settings: RequestSettings, header: HeaderSetting) -> str:
        name = read_header_name(header.name)
        what = f"the value of {name}"
        value = self._find_secret(settings, what, header.variable, lambda kept: kept.headers.get(name))
        return f"{name}: {check_header_value(name, value)}"

    def _find_proxy(self, settings: RequestSettings) -> Proxy | None:
        if settings.proxy is None:
            return self.usual.proxy
        proxy = None if settings.proxy == DIRECT else read_proxy(settings.proxy)
        if proxy is None or proxy.user is None:
            return proxy
        what = f"the password of the proxy's user {proxy.user}"
        password = self._find_secret(settings, what, settings.proxy_variable, partial(_password_for, proxy))
        return replace(proxy, password=check_password(password))

    def _find_secret(
        self, settings: RequestSettings, what: str, variable: str | None, pick: Callable[[FeedSecrets], str | None]
    ) -> str:
        """Return a secret from its variable, or what ``pick`` finds in the secrets file; ValueError without it."""
        if variable:
            value, place = self._secrets.variables.get(variable), f"the environment variable {variable} is not set"
        else:
            try:
                value = pick(self._secrets.file.find(settings.given_for or ""))
            except SecretsFileError as error:
                raise ValueError(f"{what} is not known here: {error}") from error
            place = f"the secrets file {self._secrets.file.path} has none for {settings.given_for}"
        if value is None:
            raise ValueError(f"{what} is not known here: {place}")
        return value


def _password_for(proxy: Proxy, kept: FeedSecrets) -> str | None:
    """Return the password that is kept for this very proxy."""
    whole = read_proxy(kept.proxy) if kept.proxy else None
    return whole.password if whole and replace(whole, password=None) == proxy else None


def basic_line(credentials: Credentials) -> str:
    """Return the header line of HTTP Basic (RFC 7617, section 2)."""
    # A password that was not UTF-8 when it was typed goes out as it was typed.
    pair = f"{credentials.user}:{credentials.password}".encode(errors="surrogateescape")
    return f"Authorization: Basic {base64.b64encode(pair).decode('ascii')}"


def _unusable(sentence: str) -> TransientError:
    return TransientError(ErrorClass.SETTINGS, sentence)


def apply_terms(handle: pycurl.Curl, terms: RequestTerms) -> None:
    """Tell libcurl the terms of its next requests."""
    proxy = terms.proxy
    options = {
        # Empty: else the environment's proxy dials for us, past the guard.
        pycurl.PROXY: write_proxy(proxy, with_password=True) if proxy else "",
        # And the environment may not say what goes past ours.
        pycurl.NOPROXY: "",
        pycurl.USERAGENT: terms.user_agent.encode(),
        pycurl.SSL_VERIFYPEER: 0 if terms.is_insecure else 1,
        # 2: the name in the certificate too.
        pycurl.SSL_VERIFYHOST: 0 if terms.is_insecure else 2,
    }
    for option, value in options.items():
        handle.setopt(option, value)
