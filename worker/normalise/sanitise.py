"""HTML made safe to store and to show, by one allow-list policy whose version is stored with every article."""

import re
from collections import Counter

import nh3
import turbohtml

from worker.text import clean

POLICY_VERSION = 1
LONGEST_HTML = 1_000_000

# A parser's time grows with the square of the nesting depth; no honest article comes near this.
_DEEPEST = 256
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that hold nothing, or that the next one of their kind closes: they do not nest.
_FLAT = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split()
)

_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div "
    "dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q rp rt "
    "ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr track tt u ul "
    "var video wbr".split()
)
# Neither style, class, id nor data-*: they would let a feed reach into the page that shows it. No cite: unchecked.
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "audio": {"src", "controls"},
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
    "video": {"src", "controls", "poster", "width", "height"},
    "*": {"lang", "dir"},
}
# What stands in these is no text of the article.
_DROPPED_WHOLE = frozenset(
    "script style template noscript iframe object embed form select textarea math svg title head".split()
)


def sanitise(html: str, base_url: str | None = None) -> str:
    """Return what the policy keeps of ``html``, relative URLs resolved against ``base_url`` or dropped.

    Markup nested deeper than any article's is kept as its text. Nothing may be rewritten after this.
    """
    html = clean(html, LONGEST_HTML)
    if _depth(html) > _DEEPEST:
        # turbohtml bounds the depth it builds, so this stays linear.
        html = as_paragraphs(turbohtml.parse_fragment(html).to_text())
    return _cleaner(base_url).clean(html).strip()


def as_paragraphs(text: str) -> str:
    """Return plain text as HTML paragraphs; a blank line parts two of them."""
    paragraphs = (turbohtml.escape(paragraph.strip()) for paragraph in re.split(r"\n\s*\n", text))
    return "\n".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs if paragraph)


def _cleaner(base_url: str | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WHOLE,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base_url) if base_url else "deny",
        link_rel="noopener noreferrer",
    )


def _depth(html: str) -> int:
    """Return how deep the tags nest at the most, by a linear scan; a closing tag counts only for an open one."""
    open_tags: Counter[str] = Counter()
    depth = deepest = 0
    for closing, tag in _TAG.findall(html):
        name = tag.lower()
        if name in _FLAT or (closing and not open_tags[name]):
            continue
        step = -1 if closing else 1
        open_tags[name] += step
        depth += step
        deepest = max(deepest, depth)
    return deepest
