"""Links of services that send a reader on, and carry openly in themselves where to: search engines, social networks.

What hides its target (feedproxy, t.co, the newer links of Google News) stays as it is: only the service could tell.
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

# No URL that wraps another one is shorter before that.
_SHORTEST = len("https://a.b/")
_ANY_PATH = "*"
_GOOGLE = "google"
# Hosts, those below them included; the path; the parameters that name the target, the first counting.
_WRAPPERS = (
    (_GOOGLE, "/url", "url q"),
    (_GOOGLE, "/news/url", "url"),
    ("bing.com", "/news/apiclick.aspx", "url"),
    ("duckduckgo.com", "/l", "uddg"),
    ("facebook.com messenger.com", "/l.php", "u"),
    ("facebook.com", "/plugins/video.php", "href"),
    ("facebook.com", "/plugins/post.php", "href"),
    ("cdn.embedly.com", "/widgets/media.html", "url src"),
    ("l.instagram.com l.threads.com l.threads.net", _ANY_PATH, "u"),
    ("t.umblr.com", "/redirect", "z"),
    ("out.reddit.com exit.sc go.redirectingat.com go.skimresources.com", _ANY_PATH, "url"),
    ("safelinks.protection.outlook.com", _ANY_PATH, "url"),
    ("youtube.com", "/redirect", "q"),
    ("linkedin.com", "/redir/redirect", "url"),
    ("linkedin.com", "/safety/go", "url"),
    ("getpocket.com", "/redirect", "url"),
    ("slack-redir.net", "/link", "url"),
    ("steamcommunity.com", "/linkfilter", "url u"),
    ("vk.com", "/away.php", "to"),
    ("link.zhihu.com link.juejin.cn link.csdn.net", _ANY_PATH, "target"),
    ("douban.com", "/link2", "url"),
)
_PARAMETERS = {(host, path): names.split() for hosts, path, names in _WRAPPERS for host in hosts.split()}
# In the links of these the target is a part of the path, or all of the query.
_PLACES = {
    "search.yahoo.com": re.compile(r"/RU=([^/]+)"),
    "rd.yahoo.com": re.compile(r"\*(http.+)"),
    "feeds.feedblitz.com": re.compile(r"/~(http.+)"),
    "href.li": re.compile(r"^/?\?(http.+)"),
    "deviantart.com": re.compile(r"^/users/outgoing\?(http.+)"),
    "pixiv.net": re.compile(r"^/jump\.php\?(http.+)"),
}
_HOSTS = {host for host, _ in _PARAMETERS} | {*_PLACES}
_GOOGLE_HOST = re.compile(r"(?:www\.|news\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})")


def find_target(url: str) -> str | None:
    """Return the absolute http(s) URL that an absolute URL carries; None for all that only leads to its own page."""
    # Nearly all links are no more than a look.
    if url.find("http", _SHORTEST) < 0:
        return None
    parts = urlsplit(url)
    service = _service_of(parts.hostname or "")
    if service is None:
        return None
    targets = _written_targets(service, parts)
    return next((target for target in targets if target.lower().startswith(("http://", "https://"))), None)


def _service_of(host: str) -> str | None:
    """Return the name in the table that a host has, or one above it."""
    if _GOOGLE_HOST.fullmatch(host):
        return _GOOGLE
    while host and host not in _HOSTS:
        host = host.partition(".")[2]
    return host or None


def _written_targets(service: str, parts: SplitResult) -> list[str]:
    if place := _PLACES.get(service):
        # What stands there as it is has escapes of its own.
        return [each if "://" in each else unquote(each) for each in place.findall(f"{parts.path}?{parts.query}")]
    names = _PARAMETERS.get((service, parts.path.rstrip("/"))) or _PARAMETERS.get((service, _ANY_PATH)) or ()
    # A plus sign is one: no target holds a space.
    values = dict(pair.partition("=")[::2] for pair in reversed(parts.query.split("&")))
    return [unquote(values[name]) for name in names if name in values]
