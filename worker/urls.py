"""URLs: read as browsers read them (WHATWG URL), and the keys by which two of them are held to mean the same."""

from functools import cache
from urllib.parse import urljoin, urlsplit

import can_ada
from publicsuffixlist import PublicSuffixList

_DEFAULT_PORTS = {"http:": "80", "https:": "443"}
# Parameters that tell the publisher where a reader came from and never change what is served.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "at_", "stm_", "vero_", "ns_", "oly_")
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh mc_cid mc_eid mkt_tok _hsenc "
    "_hsmi __hstc __hsfp __hssc s_cid cmpid icid ncid ocid wt_mc wt_zmc xtor guccounter guce_referrer "
    "guce_referrer_sig spm ref_src ref_url feature_src fb_action_ids fb_action_types fb_source cvid smid "
    "partner_id rss_id ftag ftcamp sr_share".split()
)
_INDEX_PAGES = ("/index.html", "/index.htm", "/index.php", "/default.aspx")


def canonical_url(url: str, base: str | None = None) -> str | None:
    """Return the URL made absolute, without tracking parameters and meaningless fragments; null unless http(s).

    The order of parameters and the path stay as they are: some sites depend on both.
    """
    parsed = _parse(url, base)
    if parsed is None:
        return None
    # Single-page sites route by #! and #/; any other fragment is a place on the page.
    if parsed.hash and not parsed.hash.startswith(("#!", "#/")):
        parsed.hash = ""
    if parsed.search:
        parsed.search = _without_tracking(parsed.search)
    return str(parsed.href)


def absolute_url(url: str, base: str | None = None) -> str | None:
    """Return the URL made absolute and otherwise as it stands; null unless http(s)."""
    parsed = _parse(url, base)
    return None if parsed is None else str(parsed.href)


def feed_url_key(url: str) -> str:
    """Return the key under which a feed is known: two spellings of one URL have one key.

    ValueError for what is not an http, https or file URL. Scheme and query count: servers tell them apart.
    """
    if url.startswith("file://"):
        return url
    if any(char <= " " or char == "\\" for char in url):
        raise ValueError("a feed's URL holds no spaces, control characters or backslashes.")
    parsed = _parse(url, None)
    if parsed is None:
        raise ValueError("a feed's URL begins with http:// or https:// and names a host.")
    if parsed.username or parsed.password or "@" in url.split("/")[2]:
        raise ValueError("a feed's URL holds no user name or password; `feedmill poll --user` sends them.")
    parsed.hash = ""
    return str(parsed.href)


def is_feed_url(url: str) -> bool:
    """Say whether a feed could be polled at this URL."""
    try:
        feed_url_key(url)
    except ValueError:
        return False
    return True


def host_key(url: str) -> str:
    """Return ``hostname:port`` in ASCII, by which requests to one host are kept apart; ValueError unless http(s)."""
    parsed = _parse(url, None)
    if parsed is None:
        raise ValueError(f"{url} is not an http or https URL.")
    return f"{parsed.hostname}:{parsed.port or _DEFAULT_PORTS[parsed.protocol]}"


def match_key(url: str) -> str:
    """Return what the addresses of one page have in common across feeds; ``url`` is canonical already.

    Folded: the scheme, ``www.``, ``m.`` and ``amp.`` hosts, AMP forms, index pages, a trailing slash.
    """
    parts = urlsplit(url)
    host = parts.netloc
    for prefix in ("www.", "amp.", "m."):
        host = host.removeprefix(prefix)
    path = parts.path
    for ending in (*_INDEX_PAGES, "/amp/", "/amp", "/amp.html", "/"):
        path = path.removesuffix(ending)
    query = "&".join(part for part in parts.query.split("&") if part and part not in {"amp", "amp=1", "outputType=amp"})
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{path}" + (f"?{query}" if query else "") + fragment


def same_site(one: str | None, other: str | None) -> bool:
    """Say whether two URLs are under one registrable domain (Public Suffix List, private suffixes included)."""
    hosts = [urlsplit(url).hostname or "" for url in (one or "", other or "")]
    if not all(hosts) or hosts[0] == hosts[1]:
        return all(hosts)
    # The list would take an IPv4 address for a domain name.
    are_names = not any(host[-1].isdigit() or ":" in host for host in hosts)
    return are_names and _domain(hosts[0]) == _domain(hosts[1]) is not None


def is_bare_site(url: str) -> bool:
    """Say whether a URL is a whole site's, not a page's."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query and not parts.fragment


def _parse(url: str, base: str | None) -> can_ada.URL | None:
    url = url.strip()
    if "&" in url and ";" in url:
        # Feeds escape a link twice; &#038; and &amp; are never meant to reach a server.
        url = url.replace("&amp;", "&").replace("&#038;", "&").replace("&#38;", "&")
    try:
        parsed = can_ada.parse(url if can_ada.can_parse(url) else urljoin(base or "", url))
    except (ValueError, UnicodeEncodeError):
        # UnicodeEncodeError: a lone surrogate is no character and no part of any URL.
        return None
    return parsed if parsed.protocol in _DEFAULT_PORTS and parsed.hostname else None


def _without_tracking(search: str) -> str:
    kept = [part for part in search[1:].split("&") if not _is_tracking(part.partition("=")[0])]
    return "?" + "&".join(kept) if any(kept) else ""


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _domain(host: str) -> str | None:
    domain: str | None = _suffixes().privatesuffix(host)
    return domain
