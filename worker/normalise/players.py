"""Players and other frames of a body: a link to what they would show, for the policy keeps none of them.

This changes markup as published, before the policy cleans it, and follows no tag past an angle bracket.
"""

import re
from collections.abc import Mapping
from html import escape, unescape

from worker.basics.urls import absolute_url
from worker.basics.wrapped_links import find_target
from worker.normalise.markup_tags import is_unseen, read_attributes

_PLAYER = re.compile(
    r"<(?=[aeilop])(?P<name>iframe|embed|object|param|amp-iframe|(?:amp|lite)-(?P<site>youtube|vimeo|dailymotion))(?=[\s/>])"
    r"(?P<attributes>[^<>]*)>(?P<end>\s*</(?P=name)\s*>)?",
    re.IGNORECASE,
)
_FRAME = re.compile(r"<(/?)iframe(?=[\s/>])[^<>]*>?", re.IGNORECASE)
_SELF_CLOSED = re.compile(r"(?:^|[\s\"'])/$")
_LINK = re.compile(r"<a\s[^<>]*href", re.IGNORECASE)
_VIDEO = re.compile(r"[\w-]{1,64}", re.ASCII)
_VIDEOS = {
    "youtube": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/",
    "dailymotion": "https://www.dailymotion.com/video/",
}
# Advertisements, counters and buttons.
_NO_PLAYER = re.compile(
    r"https?://(?:[^/]*\.)?(?:(?:googletagmanager|doubleclick|googlesyndication|amazon-adsystem|addthis|sharethis)\.\w+/"
    r"|facebook\.com/plugins/|platform\.twitter\.com/widgets/(?:tweet|follow)|apis\.google\.com/)"
)
# The pages of players that are made to stand in frames.
_PAGES = (
    (
        r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/videoseries\?(?:.*&)?list=([\w-]+).*",
        "www.youtube.com/playlist?list=",
    ),
    (
        r"(?:www\.)?youtube(?:-nocookie)?\.com/(?:embed|v)/(?!videoseries|live_stream)([\w-]+).*",
        "www.youtube.com/watch?v=",
    ),
    (r"player\.vimeo\.com/video/(\d+)(?:\?(?:.*&)?h=(\w+))?.*", "vimeo.com/"),
    (r"(?:www\.)?dailymotion\.com/embed/video/(\w+).*", "www.dailymotion.com/video/"),
    (r"open\.spotify\.com/embed/(\w+/\w+).*", "open.spotify.com/"),
)
_PAGE_OF = [(re.compile(f"https?://{player}"), f"https://{page}") for player, page in _PAGES]
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|time|tt|u|var"
)
_TEXT_BEFORE = re.compile(rf"(?:[^\s>]|</(?:{_INLINE})>)\s*\Z", re.IGNORECASE)
_TEXT_AFTER = re.compile(rf"\s*(?:[^\s<]|<(?:{_INLINE})[\s>])", re.IGNORECASE)
_NEAR = 80


def link_players(html: str, base_url: str | None) -> str:
    """Return markup in which a link stands for the frames and plug-ins of each address.

    ``base_url`` must be absolute; without one relative addresses are dropped.
    """
    pieces: list[str] = []
    end, near = 0, ""
    linked: set[str] = set()
    for player in _PLAYER.finditer(html):
        if player.start() < end:
            continue
        before, written = html[end : player.start()], ""
        end, inside = _find_end(player)
        page = _find_page(player, base_url)
        if page and page not in linked:
            linked.add(page)
            link = inside if _LINK.search(inside) else f'<a href="{escape(page)}">{escape(page, quote=False)}</a>'
            written = _on_its_own_line(link, (near + before)[-_NEAR:], html, end)
        near = (near + before + written)[-_NEAR:]
        pieces += before, written
    return "".join((*pieces, html[end:]))


def _find_end(player: re.Match[str]) -> tuple[int, str]:
    """Return where a player ends, and what a frame holds for those who cannot see it: often a link that says more."""
    html, end = player.string, player.end()
    if player["end"] or player["name"].lower() != "iframe" or _SELF_CLOSED.search(player["attributes"]):
        return end, ""
    # A frame that is not closed before the next one was not meant to hold the story between them.
    following = _FRAME.search(html, end)
    return (following.end(), html[end : following.start()]) if following and following[1] else (end, "")


def _find_page(player: re.Match[str], base_url: str | None) -> str | None:
    """Return the page that a player belongs to, else the player's own address; None for what nobody is meant to see."""
    attributes = read_attributes(player["attributes"])
    if is_unseen(attributes):
        return None
    if player["site"]:
        video = attributes.get("videoid") or attributes.get("data-videoid") or ""
        return f"{_VIDEOS[player['site'].lower()]}{video}" if _VIDEO.fullmatch(video) else None
    written = _written_addresses(player["name"].lower(), attributes)
    address = next(filter(None, (absolute_url(unescape(value), base_url) for value in written if value)), None)
    return _page_of(find_target(address) or address) if address else None


def _written_addresses(name: str, attributes: Mapping[str, str]) -> list[str]:
    """Return where a player's address may be: until a script has run, a frame may load a blank page."""
    if name == "object":
        return [attributes.get("data", "")]
    if name == "param":
        return [attributes.get("value", "")] if attributes.get("name", "").lower() in {"movie", "src"} else []
    return [
        value for each, value in attributes.items() if each == "src" or (each[:5] == "data-" and each[-3:] == "src")
    ]


def _page_of(address: str) -> str | None:
    if _NO_PLAYER.match(address):
        return None
    for player, page in _PAGE_OF:
        if found := player.fullmatch(address):
            return page + "/".join(filter(None, found.groups()))
    return address


def _on_its_own_line(link: str, near: str, html: str, end: int) -> str:
    """Return a link with line breaks where there is text beside it."""
    return "<br>" * bool(_TEXT_BEFORE.search(near)) + link + "<br>" * bool(_TEXT_AFTER.match(html, end))
