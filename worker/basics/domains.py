"""Whose a host's name is, by the Public Suffix List: its site, the domain it is registered under, or nobody's."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

# Platforms that give each user a name under their own, though the Public Suffix List does not say so.
_PLATFORMS = frozenset(
    "beehiiv.com blogfa.com canalblog.com cocolog-nifty.com dreamwidth.org exblog.jp ghost.io hashnode.dev libsyn.com "
    "livejournal.com medium.com micro.blog neocities.org over-blog.com overblog.com pixnet.net podbean.com "
    "posthaven.com seesaa.net squarespace.com substack.com svbtle.com tistory.com tumblr.com typepad.com weebly.com "
    "wordpress.com write.as".split()
)


@lru_cache(maxsize=4096)
def site_of_host(host: str) -> str:
    """Return the site of a host: its registrable domain, or the host itself where users have names under a domain."""
    name = host.rstrip(".")
    if not _is_name(name):
        return host
    domain: str | None = _suffixes().privatesuffix(name)
    return name if domain is None or domain in _PLATFORMS else domain


@lru_cache(maxsize=1024)
def is_public_suffix(host: str) -> bool:
    """Return whether anybody may have a name of their own under a host, so that nobody in particular owns it."""
    suffix: str | None = _suffixes().publicsuffix(host, accept_unknown=False)
    # A single name is a host of somebody's own network, even where a top-level domain has the same name.
    return "." in host and suffix == host


def registrable_domain(host: str) -> str | None:
    """Return the domain that a host's name is registered under; None for an address, or a name that registries own.

    The private section of the list does not count: all names of one service are the service's.
    """
    name = host.rstrip(".")
    if not _is_name(name):
        return None
    domain: str | None = _registries().privatesuffix(name)
    return domain


def _is_name(host: str) -> bool:
    # The list would take an IPv4 address for a domain name; a host that ends in a digit is never one.
    return bool(host) and not host[-1].isdigit() and not host.startswith("[")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
