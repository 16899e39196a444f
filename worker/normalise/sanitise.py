"""HTML made safe to store and to show, by one allow-list policy (``policy.py``) whose version is stored with it."""

import re
from contextvars import ContextVar
from html import escape

import nh3
import turbohtml
from turbohtml.clean import OnDisallowed, Policy, Sanitizer  # codespell:ignore -- its own spelling

from worker.basics.text import clean
from worker.basics.urls import absolute_url
from worker.normalise.plain_text import tidy
from worker.normalise.policy import ATTRIBUTES, DROPPED_WHOLE, LINK_REL, SCHEMES, SET_ATTRIBUTES, TAGS
from worker.normalise.prepare import drop_formatting, prepare

LONGEST_HTML = 1_000_000

# nh3's time grows with the square of the nesting depth, of the attributes of a tag and of the references in a text.
# Small markup cannot have much of these; turbohtml, which is linear in all and bounds the depth, goes over large first.
_LARGE = 50_000
_MANY_MARKS = 1_000
# What has more than this is no article, and only its text is kept.
_MOST_MARKS = 20_000
# Links made absolute and attributes the policy sets let markup grow, but not like this.
_MOST_GROWTH = 10
# Cleaned markup, written and read again, is nearly always the same at once.
_MOST_ROUNDS = 4

# In cleaned markup < and > stand for nothing but tags, and every value is in double quotes.
_NO_PICTURE = re.compile(r'<img(?![^>]* src=")[^>]*>|<img[^>]* (?:width|height)="[01](?:px)?"[^>]*>')
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")

# nh3 builds its tables anew for every cleaner, which takes longer than most articles take to clean. So there is one,
# and it asks here for the base of the article in hand.
_base_url: ContextVar[str | None] = ContextVar("base_url", default=None)


def sanitise(html: str, base_url: str | None = None) -> str:
    """Return what the policy keeps of ``html``, relative URLs resolved against ``base_url``, or dropped without one.

    The result reads back as itself: sanitised again it is the same. Markup that is no article's (tens of thousands of
    tags) is kept as its text. Nothing may be rewritten after this.
    """
    _base_url.set(absolute_url(base_url) if base_url else None)
    html = clean(html, LONGEST_HTML)
    cleaned = _sanitise_markup(html)
    return _sanitise_as_text(html) if cleaned is None else cleaned


def as_paragraphs(text: str) -> str:
    """Return plain text as HTML paragraphs, written as ``sanitise`` would; a blank line parts two of them."""
    written = escape(text, quote=False).replace("\xa0", "&nbsp;")
    paragraphs = (paragraph.strip().replace("\n", "<br>") for paragraph in _PARAGRAPH_BREAK.split(written))
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _sanitise_markup(html: str) -> str | None:
    """Return the cleaned markup; null for what only its text should be kept of."""
    html = prepare(html)
    marks = _count_marks(html)
    if marks > _MANY_MARKS or len(html) > _LARGE:
        if html.count("<") > _MOST_MARKS:
            return None
        html = _PRECLEANER.sanitize(html)  # codespell:ignore
        marks = _count_marks(html)
    return _clean_until_stable(html) if marks <= _MOST_MARKS else None


def _clean_until_stable(html: str) -> str | None:
    longest = min(LONGEST_HTML, len(html) * _MOST_GROWTH + _LARGE)
    cleaned = _CLEANER.clean(html).strip()
    for _ in range(_MOST_ROUNDS):
        if len(cleaned) > longest:
            break
        pictured = _NO_PICTURE.sub("", cleaned)
        if pictured == cleaned and _reads_back_as_itself(cleaned):
            return cleaned
        again = _CLEANER.clean(pictured).strip()
        if again == cleaned:
            return cleaned
        cleaned = again
    return None


def _reads_back_as_itself(cleaned: str) -> bool:
    # Read and written by another parser of HTML, which costs a fifth of cleaning it again and tells the same.
    return turbohtml.parse_fragment(cleaned).inner_html == cleaned


def _sanitise_as_text(html: str) -> str:
    return as_paragraphs(tidy(turbohtml.parse_fragment(drop_formatting(html)).to_text()))


def _count_marks(html: str) -> int:
    return html.count("<") + html.count("&")


def _resolve(url: str) -> str | None:
    base = _base_url.get()
    return absolute_url(url, base) if base else None


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    clean_content_tags=set(DROPPED_WHOLE),
    set_tag_attribute_values=SET_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    url_relative=_resolve,
    link_rel=LINK_REL,
)
_PRECLEANER = Sanitizer(  # codespell:ignore
    Policy(
        tags=TAGS,
        attributes={tag: frozenset(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=SCHEMES,
        on_disallowed_tag=OnDisallowed.STRIP,
        remove_with_content=DROPPED_WHOLE,
    )
)
