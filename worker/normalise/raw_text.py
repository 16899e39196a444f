"""Elements whose contents are no text of the article, closed where their writer meant.

HTML knows no ``<iframe … />``: a browser takes the rest of the article for the frame's contents, and so where a closing
tag was forgotten. What is written like that comes from XML, or was cut short.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

_HELD = "audio datalist iframe noembed noframes noscript option select textarea title video xmp".split()
"""None of these holds another of its name: a second opening tag says that the first one was never closed."""
_NESTED = "math script style svg template".split()
HELD_NAMES = "|".join([*_HELD, *_NESTED])
"""The names of these elements, as a pattern."""
# The look at the first letter passes over most tags at once, and usual ones in small letters are passed over before.
# No tag is followed past an angle bracket.
_OPENING = re.compile(
    r"<(?!(?-i:div|img|li|s(?:ection|mall|pan|trong|u[bp])|t(?:able|body|[dhr])|[ou]l)[\s>])"
    rf"(?=[dimnostvx]|au)(?P<name>{HELD_NAMES})(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_NEXT = {name: re.compile(rf"<(?P<end>/?){name}(?=[\s/>])[^<>]*>?", re.IGNORECASE) for name in [*_HELD, *_NESTED]}
_CLOSING = {name: re.compile(rf"<(?P<end>/){name}(?=[\s/>])[^<>]*>?", re.IGNORECASE) for name in _NESTED}
# A slash that ends an unquoted value, as in src=/frames/>, closes nothing.
_CLOSES_ITSELF = re.compile(r"(?:[\s\"']|<\w+)/>\Z")
_SOURCES = re.compile(r"(?:\s*</?(?:source|track)\b[^<>]*>)*", re.IGNORECASE)
# Code or a drawing that is never closed ends where one of these tags begins: it has angle brackets of its own.
_STORY = re.compile(
    r"</?(?:a|article|aside|blockquote|br|div|em|figure|h[1-6]|hr|iframe|img|ol|p|section|span|strong|table|ul)(?=[\s/>])",
    re.IGNORECASE,
)


def close_raw_text(html: str) -> str:
    """Return markup in which elements that close themselves, or are never closed, hold nothing of the article."""
    if _OPENING.search(html) is None:
        return html
    pieces, start = [], 0
    for end, name in _missing_ends(html):
        pieces += [html[start:end], f"</{name}>"]
        start = end
    return "".join([*pieces, html[start:]])


def _missing_ends(html: str) -> Iterator[tuple[int, str]]:
    """Yield where closing tags are missing, and of which elements."""
    never_closed: set[str] = set()
    stories: list[int] | None = None
    place = 0
    while opening := _OPENING.search(html, place):
        name = opening["name"].lower()
        closing = None if name in never_closed else _find_end(html, opening, name)
        if closing:
            place = closing.end()
            continue
        if not _is_held(opening, name):
            # To look for it again would take us to the end again.
            never_closed.add(name)
        if stories is None:
            stories = [story.start() for story in _STORY.finditer(html)]
        place = _end_of_contents(html, opening, name, stories)
        yield place, name


def _find_end(html: str, opening: re.Match[str], name: str) -> re.Match[str] | None:
    """Return the tag that closes an element, if it is not closed by itself and not forgotten."""
    end_of = _NEXT if _is_held(opening, name) else _CLOSING
    following = end_of[name].search(html, opening.end())
    return following if following and following["end"] else None


def _is_held(opening: re.Match[str], name: str) -> bool:
    """Return whether a second opening tag of the name says that this element holds nothing."""
    return name in _HELD or _is_empty(opening, name)


def _is_empty(opening: re.Match[str], name: str) -> bool:
    is_elsewhere = name == "script" and " src" in opening[0].lower()
    return is_elsewhere or _CLOSES_ITSELF.search(opening[0]) is not None


def _end_of_contents(html: str, opening: re.Match[str], name: str, stories: Sequence[int]) -> int:
    if _is_empty(opening, name):
        return opening.end()
    if name in {"audio", "video"}:
        sources = _SOURCES.match(html, opening.end())
        return sources.end() if sources else opening.end()
    if name in _NESTED:
        # Parts of a drawing or a formula would swallow the words as the whole does.
        at = bisect_left(stories, opening.end())
        return stories[at] if at < len(stories) else len(html) if name in {"script", "style"} else opening.end()
    return opening.end()
