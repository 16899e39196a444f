"""Read URLs as browsers do (WHATWG URL), and make the keys that two URLs share when they mean the same."""

import re
from functools import lru_cache

import can_ada

from worker.basics.domains import site_of_host
from worker.basics.text import shorten_key
from worker.basics.wrapped_links import find_target

_DEFAULT_PORTS = {"http:": "80", "https:": "443"}
_ABSOLUTE = ("http://", "https://")
# No honest link comes near this; a longer one is dropped, for a link cut short would lead elsewhere.
_LONGEST = 4000
# A search engine may find what a social network sends on.
_MOST_WRAPPERS = 3
# Some feeds escape links twice, or three times.
_ESCAPED_AMPERSAND = re.compile(r"&(?:amp;|#0*38;|#x0*26;)+", re.IGNORECASE)
_NEVER_IN_A_FEED_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")
# A feed's URL is a key of the store, and PostgreSQL indexes no key that is much longer.
_LONGEST_FEED_URL = 2000
_AUTHORITY = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)
# Not the name of a page, such as www.rain.html.
_WITHOUT_SCHEME = re.compile(
    r"\s*www\.(?:[\w-]{1,63}\.){1,8}(?!(?:x?html?|php|aspx?|jsp|xml|pdf|jpe?g|png|gif|mp3)\b)[^\W\d_]{2,63}"
    r"(?::\d{1,5})?(?:[/?#\s]|$)",
    re.IGNORECASE,
)
_HOST_END = re.compile(r"[/?#]")
# Parameters that tell the publisher where a reader came from and never change what is served. `ref`, `source`, `from`,
# `id` and `page` are left out on purpose: some sites choose by them what they serve.
_TRACKING_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "hsa_", "vero_", "oly_", "stm_", "trk_", "ns_", "at_medium", "at_campaign",
    "at_custom", "at_link_", "at_ptr_", "at_bbc_", "at_format", "at_send_date",
)  # fmt: skip
_TRACKING = frozenset(
    # Advertisements and social networks.
    "fbclid gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid msclkid yclid ysclid twclid ttclid "
    "li_fat_id igshid igsh mibextid epik rdt_cid scid irclickid cvid ref_src ref_url fb_action_ids fb_action_types "
    "fb_source sr_share _branch_match_id "
    # Newsletters.
    "mc_cid mc_eid mkt_tok _hsenc _hsmi __hstc __hsfp __hssc "
    # Analytics and the publishers' own.
    "_ga _gl _openstat s_cid cmpid cmp icid ncid ocid wt_mc wt_zmc xtor guccounter guce_referrer guce_referrer_sig "
    "spm smid smtyp ftag ftcamp".split()
)
# Fragments that name no entry: places that every page has, and the place where blog software cuts a post.
_IDLE_FRAGMENT = re.compile(
    r"#(?:|top|main|content|comments|respond|comment-form|disqus_thread|rss|feed|play|more(?:-\d+)?|:~:.*|(?![!/]).*=.*)",
    re.IGNORECASE,
)
# Medium marks every link with the feed that it comes from.
_TRACKING_PAIR = "source=rss"
_INDEX_PAGES = ("/index.html", "/index.htm", "/index.php", "/default.aspx")
_IDLE_ENDINGS = (*_INDEX_PAGES, "/amp/", "/amp", "/amp.html")
_IDLE_HOST_PREFIXES = ("www.", "amp.", "m.")
_AMP_PARAMETERS = frozenset({"amp", "amp=1", "amp=true", "outputType=amp"})
# Pictures that feeds carry beside an article's own: avatars, emoji, formulas, buttons, counters and advertisements. All
# begin with a slash, so that a search passes over other characters at once.
_DECORATION = re.compile(
    r"/(?=[celst/])(?:(?:core/)?emojis?/|smil(?:ie|ey)s?/|twemoji/|latex\.php\?|(?:(?<=http:/)|(?<=https:/))/(?:"
    r"(?:[^/?#]*\.)?(?:gravatar\.com|(?:scorecardresearch|doubleclick|quantserve)\.(?:com|net)"
    r"|(?:impactradius-go|googlesyndication|awltovhc|ftjcfx)\.com)/"
    r"|avatars\d*\.githubusercontent\.com/|latex\.codecogs\.com/"
    r"|(?:pixel|stats)\.(?:wp|wordpress)\.com/|feeds\.feedburner\.com/~))",
    re.IGNORECASE,
)


def canonical_url(url: str, base: str | None = None) -> str | None:
    """Return the URL made absolute, without tracking parameters, user info and idle fragments; None unless http(s).

    A link of a service that sends readers on, and says openly where to, becomes the URL it leads to. The order of
    parameters and the path stay as they are: some sites depend on both. A fragment that may name the entry stays too:
    comments and change logs have one for each entry of a single page.
    """
    parsed = _parse(url, base)
    return None if parsed is None else _canonical(parsed, url)


def absolute_and_canonical(url: str, base: str | None = None) -> tuple[str | None, str | None]:
    """Return what ``absolute_url`` returns, and the canonical form of that, by reading the URL once."""
    parsed = _parse(url, base)
    absolute = None if parsed is None else _written(parsed)
    if parsed is None or absolute is None:
        return None, None
    # In a URL a tab within &amp; is nothing: there may be an escaped ampersand now.
    is_escaped = "&" in absolute and ";" in absolute
    return absolute, canonical_url(absolute) if is_escaped else _canonical(parsed, absolute)


def absolute_url(url: str, base: str | None = None) -> str | None:
    """Return the URL made absolute, without user info and otherwise as it is; None unless it is http(s)."""
    parsed = _parse(url, base)
    return None if parsed is None else _written(parsed)


def is_without_scheme(url: str) -> bool:
    """Return whether a URL begins with a host and surely lacks its scheme: ``www.news.example/rain``."""
    return _WITHOUT_SCHEME.match(url) is not None


def with_scheme(url: str, base: str | None = None) -> str:
    """Return a URL with the scheme that it lacks: it begins with a host, surely or because the base has the same."""
    url = url.strip()
    if url.startswith(_ABSOLUTE):
        return url
    if is_without_scheme(url):
        return f"http://{url}"
    scheme, _, rest = (base or "").partition("://")
    own, host = (_HOST_END.split(each, maxsplit=1)[0].lower().removeprefix("www.") for each in (url, rest))
    return f"{scheme}://{url}" if host and own == host else url


def feed_url_key(url: str) -> str:
    """Return the key of a feed's URL, the same for all its spellings; ValueError unless it can be polled.

    It ignores the case of scheme and host, the default port, dot segments and the fragment. Scheme, ``www.`` and query
    count: servers serve different feeds by them.
    """
    if url.lower().startswith("file:"):
        raise ValueError("a feed's URL begins with http:// or https://; `feedmill ingest` reads files.")
    if url.lower().startswith(("imap:", "imaps:")):
        raise ValueError("the mailboxes that are polled are those that FEEDMILL_MAILBOX names.")
    if _NEVER_IN_A_FEED_URL.search(url):
        raise ValueError("a feed's URL holds no spaces, control characters, backslashes or bytes that are not UTF-8.")
    if len(url) > _LONGEST_FEED_URL:
        raise _too_long_for_a_feed()
    authority, parsed = _AUTHORITY.match(url), _parse(url)
    if authority is None or parsed is None:
        raise ValueError("a feed's URL begins with http:// or https:// and names a host.")
    if "@" in authority[1]:
        raise ValueError("a feed's URL holds no user name or password; `feedmill set --user` keeps them apart from it.")
    parsed.hash = ""
    key = str(parsed.href)
    if len(key) > _LONGEST_FEED_URL:
        raise _too_long_for_a_feed()
    return key


def _too_long_for_a_feed() -> ValueError:
    return ValueError(
        f"a feed's URL has at most {_LONGEST_FEED_URL:,} characters, counted as they are percent-encoded."
    )


def is_feed_url(url: str) -> bool:
    """Return whether a feed could be polled at this URL."""
    try:
        feed_url_key(url)
    except ValueError:
        return False
    return True


def host_key(url: str) -> str:
    """Return ``hostname:port`` in ASCII, the name of the host that a lease is on; ValueError unless it is http(s)."""
    parsed = _parse(url)
    if parsed is None:
        raise ValueError(f"{url} is not an http or https URL.")
    # A name with the root's dot is the same name.
    return f"{parsed.hostname.rstrip('.')}:{parsed.port or _DEFAULT_PORTS[parsed.protocol]}"


def read_host_name(name: str) -> tuple[str, str]:
    """Read ``hostname[:port]`` into the hostname in ASCII and the port, empty where there is none; else ValueError."""
    before, _, port = name.rpartition(":")
    hostname, port = (before, port) if port.isdecimal() else (name, "")
    parsed = _parse(f"http://{hostname}/")
    if parsed is None or parsed.port or parsed.pathname != "/":
        raise ValueError("a host is named as news.example, news.example:8080 or a URL.")
    return parsed.hostname.rstrip("."), port


def match_key(url: str) -> str:
    """Return the key that the URLs of one page share across feeds; ``url`` is canonical already.

    It ignores the scheme, ``www.``, ``m.`` and ``amp.`` before a host, AMP forms, index pages and a trailing slash.
    """
    # A canonical URL has nothing that urlsplit would see otherwise, and urlsplit costs more than all the rest.
    address, _, fragment = url.partition("://")[2].partition("#")
    address, _, query = address.partition("?")
    for prefix in _IDLE_HOST_PREFIXES if address.startswith(_IDLE_HOST_PREFIXES) else ():
        shorter = address.removeprefix(prefix)
        # m.example is a site of its own.
        address = shorter if "." in shorter.partition("/")[0] else address
    host, _, path = address.partition("/")
    path = f"/{path}"
    for ending in _IDLE_ENDINGS if path.endswith(_IDLE_ENDINGS) else ():
        path = path.removesuffix(ending)
    if query:
        query = "&".join(part for part in query.split("&") if part and part not in _AMP_PARAMETERS)
    return shorten_key(host + path.rstrip("/") + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else ""))


def link_key(url: str | None) -> str | None:
    """Return the match key of a link as published; None without one and for a whole site's URL."""
    return page_key(canonical_url(url) if url else None)


def page_key(canonical: str | None) -> str | None:
    """Return the match key of a canonical URL; None without one and for a whole site's."""
    return None if canonical is None or is_bare_site(canonical) else match_key(canonical)


@lru_cache(maxsize=1024)
def site(url: str | None) -> str | None:
    """Return the site of an http(s) URL: its registrable domain, or the host where there is none.

    Two blogs of one platform are two sites, by the private part of the Public Suffix List and by platforms of our own.
    """
    parsed = _parse(url) if url else None
    return site_of_host(parsed.hostname) if parsed else None


def site_of_page(url: str) -> str | None:
    """Return the site of a canonical URL, which is that of its host: most pages of a feed have one host."""
    return site(url[: url.find("/", len(_ABSOLUTE[-1])) + 1])


def same_site(one: str | None, other: str | None) -> bool:
    """Return whether two URLs belong to one site."""
    return site(one) == site(other) is not None


def is_bare_site(url: str) -> bool:
    """Return whether a canonical URL is a whole site's, not a page's."""
    path = url.partition("://")[2].partition("/")[2]
    return not path or f"/{path}" in _INDEX_PAGES


def is_decoration(url: str) -> bool:
    """Return whether the picture at a URL is none of the article's."""
    return _DECORATION.search(url) is not None


def _parse(url: str, base: str | None = None) -> can_ada.URL | None:
    url = _unescaped(url.strip())
    # A URL with a scheme and a host means the same wherever it stands.
    base = _unescaped(base) if base and not url.startswith(_ABSOLUTE) else None
    if len(url) > _LONGEST:
        return None
    try:
        parsed = can_ada.parse(base) + url if base and can_ada.can_parse(base) else can_ada.parse(url)
    except (ValueError, TypeError):
        # TypeError: a lone surrogate is no character, and no URL holds one.
        return None
    if parsed.protocol not in _DEFAULT_PORTS or not parsed.hostname:
        return None
    if parsed.has_credentials():
        # It names somebody, or poses as a host: https://bank.example@evil.example/.
        parsed.username = parsed.password = ""
    return parsed


def _canonical(parsed: can_ada.URL, url: str) -> str | None:
    # Nearly all URLs hold no other, as one look tells.
    if url.find("http", 1) > 0:
        parsed = _unwrapped(parsed)
    if parsed.has_hash() and _IDLE_FRAGMENT.fullmatch(parsed.hash or "#"):
        parsed.hash = ""
    if parsed.has_search():
        parsed.search = _without_tracking(parsed.search)
    return _written(parsed)


def _unwrapped(parsed: can_ada.URL) -> can_ada.URL:
    for _ in range(_MOST_WRAPPERS):
        target = find_target(str(parsed.href))
        inner = _parse(target) if target else None
        if inner is None:
            break
        parsed = inner
    return parsed


def _unescaped(url: str) -> str:
    return _ESCAPED_AMPERSAND.sub("&", url) if "&" in url and ";" in url else url


def _written(parsed: can_ada.URL) -> str | None:
    url = str(parsed.href)
    return url if len(url) <= _LONGEST else None


def _without_tracking(search: str) -> str:
    kept = [part for part in search[1:].split("&") if not _is_tracking(part)]
    return "?" + "&".join(kept) if any(kept) else ""


def _is_tracking(part: str) -> bool:
    name = part.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES) or part.startswith(_TRACKING_PAIR)
