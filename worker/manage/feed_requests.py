"""How one feed is asked for: changing its user, header lines, name of ours and proxy; secrets go to the secrets file.

``change_settings`` decides; ``choose_request`` writes. A secret is written before the store names it: should the store
then fail, the file holds one that nothing asks for, and no feed lacks one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from worker.basics.codec import pack
from worker.basics.request_rules import write_proxy
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.value_columns import read_request_settings
from worker.fetch import NO_SECRETS, FeedSecrets, SecretsFile, locate
from worker.manage.feeds import NamedFeed, begin_anew, forget_validators
from worker.values.due_feeds import FeedState
from worker.values.request_settings import (
    NO_REQUEST_SETTINGS,
    UNREADABLE,
    HeaderSetting,
    Proxy,
    RequestSettings,
)

_CHANGED = "it is asked for in another way"
_AUTHORIZATION = "authorization"


@dataclass(frozen=True, slots=True)
class RequestChange:
    """What an operator changes; what is None or empty stays as it is."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    """None with a user: ``password_variable`` holds it."""
    password_variable: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values by names."""
    header_variables: Mapping[str, str] = field(default_factory=dict)
    """The variables that hold values, by names."""
    drops_user: bool = False
    dropped_headers: tuple[str, ...] = ()
    user_agent: str | None = None
    """Empty for the usual one."""
    proxy: Proxy | str | None = None
    """``none``, or empty for the one of the settings."""
    proxy_variable: str | None = None
    is_insecure: bool | None = None
    offers_http2: bool | None = None

    @property
    def brings_secret_lines(self) -> bool:
        """Whether anything is given that only one origin may see."""
        return self.user is not None or bool(self.headers or self.header_variables)

    @property
    def needs_file(self) -> bool:
        """Whether a secret is given that goes to the secrets file."""
        has_proxys = isinstance(self.proxy, Proxy) and self.proxy.password is not None
        return self.password is not None or bool(self.headers) or has_proxys


@dataclass(frozen=True, slots=True)
class ChosenRequest:
    """How a feed is asked for after a change."""

    settings: RequestSettings
    secrets: FeedSecrets
    """What the secrets file holds for ``settings.given_for``."""
    left_behind: str | None = None
    """The origin for which former secrets were given, which were dropped: the feed has another one now."""


def choose_request(
    connection: Connection, now: datetime, feed: NamedFeed, change: RequestChange, file: SecretsFile
) -> ChosenRequest:
    """Change how a feed is asked for; SecretsFileError where its secrets cannot be kept.

    Its next poll asks without conditions, for another user may see another document. A feed that fails is polled at
    once.
    """
    forget_validators(connection, [feed.feed_id])
    former = find_request(connection, feed.feed_id)
    kept = find_kept(former, file)
    chosen = change_settings(former, kept, feed.url, change)
    if change.needs_file or kept != NO_SECRETS:
        emptied = {former.given_for: NO_SECRETS} if former.given_for else {}
        filled = {chosen.settings.given_for: chosen.secrets} if chosen.settings.given_for else {}
        file.change(emptied | filled)
    settings = chosen.settings
    connection.execute(update(FeedRow).where(FeedRow.id == feed.feed_id).values(request=pack(settings)))
    fails = select(ScheduleRow.error_class).where(ScheduleRow.feed_id == feed.feed_id)
    if feed.state is FeedState.ACTIVE and connection.execute(fails).scalar_one():
        begin_anew(connection, now, feed.feed_id, _CHANGED)
    return chosen


def find_request(connection: Connection, feed_id: int) -> RequestSettings:
    """Return how a feed is asked for; what cannot be read counts as nothing, for it is set anew."""
    stored = connection.execute(select(FeedRow.request).where(FeedRow.id == feed_id)).scalar_one()
    found = read_request_settings(stored)
    return NO_REQUEST_SETTINGS if found is None or found is UNREADABLE else found


def find_kept(settings: RequestSettings, file: SecretsFile) -> FeedSecrets:
    """Return what the secrets file of this machine holds for a feed; nothing where there is no such file."""
    in_file = _has_kept_secrets(settings) and file.exists
    return file.find(settings.given_for) if settings.given_for and in_file else NO_SECRETS


def forget_secrets(settings: RequestSettings, file: SecretsFile) -> None:
    """Take the secrets of a feed that is no more out of the secrets file of this machine."""
    if settings.given_for and find_kept(settings, file) != NO_SECRETS:
        file.change({settings.given_for: NO_SECRETS})


def forget_request(connection: Connection, feed_id: int, file: SecretsFile) -> None:
    """Forget how a feed was asked for, with its secrets: it is polled no more."""
    former = find_request(connection, feed_id)
    if former != NO_REQUEST_SETTINGS:
        forget_secrets(former, file)
        connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(request=None))


def find_withheld(settings: RequestSettings, url: str) -> str | None:
    """Return the origin for which a feed's user and headers were given, if a feed at ``url`` is of another one."""
    if not (settings.given_for and settings.has_secret_lines):
        return None
    origin = locate(settings.given_for).origin
    return None if origin == locate(url).origin else origin


def _has_kept_secrets(settings: RequestSettings) -> bool:
    """Return whether the secrets file should hold anything for these settings."""
    in_lines = settings.user is not None and settings.password_variable is None
    in_headers = any(header.variable is None for header in settings.headers)
    return in_lines or in_headers or ("@" in (settings.proxy or "") and settings.proxy_variable is None)


def change_settings(former: RequestSettings, kept: FeedSecrets, url: str, change: RequestChange) -> ChosenRequest:
    """Return the settings and secrets of a feed at ``url`` after a change.

    Secret lines belong to the origin for which they were given. Where new ones are given at another origin, to which
    the feed has moved, the former ones are dropped: it must never get them.
    """
    left_behind = None
    origin = locate(former.given_for).origin if former.given_for else None
    if change.brings_secret_lines and origin not in {None, locate(url).origin}:
        left_behind = origin if former.has_secret_lines else None
        former = replace(former, given_for=None, user=None, password_variable=None, headers=())
        kept = replace(kept, password=None, headers={})
    change = _with_one_authorization(change)
    settings, secrets = _with_user(former, kept, change)
    settings, secrets = _with_headers(settings, secrets, change)
    settings, secrets = _with_proxy(settings, secrets, change)
    if change.user_agent is not None:
        settings = replace(settings, user_agent=change.user_agent or None)
    if change.is_insecure is not None:
        settings = replace(settings, is_insecure=change.is_insecure)
    if change.offers_http2 is not None:
        settings = replace(settings, offers_http2=change.offers_http2)
    needs_url = settings.has_secret_lines or secrets != NO_SECRETS
    settings = replace(settings, given_for=(settings.given_for or url) if needs_url else None)
    return ChosenRequest(settings, secrets, left_behind)


def _with_one_authorization(change: RequestChange) -> RequestChange:
    """Return the change so that a user and a header of one's own do not both say who asks."""
    if change.user is not None:
        return replace(change, dropped_headers=(*change.dropped_headers, _AUTHORIZATION))
    is_replaced = any(name.lower() == _AUTHORIZATION for name in (*change.headers, *change.header_variables))
    return replace(change, drops_user=True) if is_replaced else change


def _with_user(
    settings: RequestSettings, secrets: FeedSecrets, change: RequestChange
) -> tuple[RequestSettings, FeedSecrets]:
    if change.user is None and not change.drops_user:
        return settings, secrets
    settings = replace(settings, user=change.user, password_variable=change.password_variable)
    return settings, replace(secrets, password=change.password)


def _with_headers(
    settings: RequestSettings, secrets: FeedSecrets, change: RequestChange
) -> tuple[RequestSettings, FeedSecrets]:
    # Names in whatever case are one field (RFC 9110, section 5.1).
    replaced = {name.lower() for name in (*change.headers, *change.header_variables, *change.dropped_headers)}
    stay = [header for header in settings.headers if header.name.lower() not in replaced]
    added = [HeaderSetting(name) for name in change.headers]
    added += [HeaderSetting(name, variable) for name, variable in change.header_variables.items()]
    values = {name: value for name, value in secrets.headers.items() if name.lower() not in replaced}
    return replace(settings, headers=(*stay, *added)), replace(secrets, headers={**values, **change.headers})


def _with_proxy(
    settings: RequestSettings, secrets: FeedSecrets, change: RequestChange
) -> tuple[RequestSettings, FeedSecrets]:
    proxy = change.proxy
    if proxy is None:
        return settings, secrets
    if isinstance(proxy, str):
        return replace(settings, proxy=proxy or None, proxy_variable=None), replace(secrets, proxy=None)
    settings = replace(settings, proxy=write_proxy(proxy), proxy_variable=change.proxy_variable)
    whole = write_proxy(proxy, with_password=True) if proxy.password is not None else None
    return settings, replace(secrets, proxy=whole)
