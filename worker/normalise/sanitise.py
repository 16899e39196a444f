"""HTML made safe to store and to show, by one allow-list policy (``policy.py``) whose version is stored with it."""

import re
from contextvars import ContextVar
from functools import lru_cache
from html import escape, unescape

import nh3
import turbohtml
from turbohtml.clean import OnDisallowed, Policy, Sanitizer  # codespell:ignore -- its own spelling

from worker.basics.text import clean
from worker.basics.urls import absolute_url
from worker.normalise.plain_text import tidy

# --- The HTML policy: which elements and attributes may be stored. Any change of it raises POLICY_VERSION.

POLICY_VERSION = 1
"""Stored with every article, so that a better policy can be run again over what an older one let in."""

SCHEMES = frozenset({"http", "https", "mailto"})

# No forms (they phish), no frames and plug-ins (they load what nobody checked), no svg and math (parsers disagree on
# what is inside them, which is how markup slips through).
TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q "
    "rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "track tt u ul var video wbr".split()
)

# Neither style, class, id nor data-*: they would let a feed reach into the page that shows it. No cite: a URL that
# nobody sees and nh3 does not check. No srcset: one picture is enough, and its URLs are not checked either.
ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "audio": {"src"},
    "bdo": {"dir"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"datetime"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"datetime"},
    "ol": {"start", "reversed", "type"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "width", "height"},
    "*": {"lang", "dir"},
}

# A player without controls is invisible.
SET_ATTRIBUTES = {"audio": {"controls": ""}, "video": {"controls": ""}}

# Who shows an article neither hands its window or address to what it links to, nor vouches for it.
LINK_REL = "noopener noreferrer nofollow"

# What stands in these is no text of the article. A form's is: an unclosed one would swallow the rest.
DROPPED_WHOLE = frozenset(
    "datalist embed head iframe math noembed noframes noscript option param script select style svg template textarea "
    "title".split()
)


# --- Markup as published made ready for the policy: what it would lose is saved, what would make it slow is taken
# out.
#
# All of this happens before the cleaning, never after; it need not understand the markup as a browser does, since
# whatever comes out is still cleaned. Each step is linear in the length: no tag is followed past an angle bracket.

# Any number of zeros; what has more digits than Unicode is no character to any parser.
_CHARACTER_REFERENCE = re.compile(r"&#(?:0*([0-9]{1,7})(?![0-9])|[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F]));?")
_REPLACEMENT = "\ufffd"

# A parser opens these again in every paragraph after one that left them open; no more than three alike, but without
# limit where they differ in an attribute: 10 kB grow to 3.5 MB. The policy keeps hardly any of their attributes.
_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
# Here and below the first letters go before the names: most tags are then passed over at once.
_FORMATTING_WITH_ATTRIBUTES = re.compile(rf"<(?=[bcefinstu])({_FORMATTING_NAMES})[\s/][^<>]*>?", re.IGNORECASE)
_FORMATTING = re.compile(rf"<(?:{_FORMATTING_NAMES})(?=[\s/>])[^<>]*>?", re.IGNORECASE)

# Blocks the policy has no use for as such; dropped as they are, they would glue the words around them together.
_BLOCK = re.compile(
    r"<(?=/?[bcdfhlmns])(/?)(?:body|center|dialog|dir|fieldset|form|hgroup|legend|listing|menu|nav|search)(?=[\s/>])",
    re.IGNORECASE,
)

_IMAGE = re.compile(r"<img(?=[\s/])[^<>]*>", re.IGNORECASE)
_LAZY = re.compile(r"\sdata-(?:lazy-|orig-)?(?:src|original|file)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)


def prepare(html: str) -> str:
    """Return markup that means the same to a reader."""
    html = _FORMATTING_WITH_ATTRIBUTES.sub(r"<\1>", html)
    html = _BLOCK.sub(r"<\1div", html)
    if "data-" in html:
        html = _IMAGE.sub(_load_at_once, html)
    if "&#" in html:
        html = _CHARACTER_REFERENCE.sub(_allowed_character, html)
    return html


def drop_formatting(html: str) -> str:
    """Return markup without formatting elements, for where only its text is wanted."""
    return _FORMATTING.sub("", html)


def _load_at_once(image: re.Match[str]) -> str:
    """Return an image that a script would have loaded with the address it would have loaded."""
    lazy = _LAZY.search(image[0])
    # Of two attributes of one name a parser takes the first.
    return f"<img src={lazy[1]} {image[0][4:]}" if lazy else image[0]


def _allowed_character(reference: re.Match[str]) -> str:
    """Return a character reference unless it is to something that no text may hold: ``&#27;`` is an escape too."""
    return reference[0] if _is_allowed(reference[1] or f"x{reference[2]}") else _REPLACEMENT


@lru_cache(maxsize=1024)
def _is_allowed(number: str) -> bool:
    character = unescape(f"&#{number};")
    return bool(character) and clean(character, len(character)) == character


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
