"""HTML made safe to store and to show, by one allow-list policy whose version is stored with each article.

``prepare`` changes markup as published: it saves what the policy would lose, and removes what would make it slow. This
happens before the cleaning, never after, so it need not understand markup as a browser does: whatever comes out is
still cleaned. Each of its steps is linear in the length: no tag is followed past an angle bracket.
"""

import re
from functools import lru_cache, partial
from html import escape, unescape

import turbohtml

from worker.basics.one_line import drop_cdata_marks
from worker.basics.text import clean
from worker.normalise import mathml
from worker.normalise.escaped_markup import mend_escaped_markup
from worker.normalise.html_policy import apply_policy, is_allowed
from worker.normalise.pictures import drop_no_pictures, is_no_picture, show_pictures
from worker.normalise.plain_lines import mark_lines
from worker.normalise.plain_text import tidy
from worker.normalise.players import link_players
from worker.normalise.raw_text import HELD_NAMES, close_raw_text

POLICY_VERSION = 3
"""Raised with any change of the policy, so that a better one can clean again what an older one let in."""

# It takes any number of zeros; a number with more digits than Unicode has is no character to any parser. Most have four
# digits, as &#8217; does: such a character is always one that a text may hold.
_CHARACTER_REFERENCE = re.compile(
    r"&#(?![1-9][0-9]{3};)(?:0*([0-9]{1,7})(?![0-9])|[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F]));?"
)
_REPLACEMENT = "\ufffd"
# After a paragraph that leaves these open, a parser opens them again in each later one: at most three alike, but any
# number that differ in an attribute, so that 10 kB grow to 3.5 MB. The policy keeps hardly any of their attributes.
_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
_FORMATTING = re.compile(rf"<(?:{_FORMATTING_NAMES})(?=[\s/>])[^<>]*>?", re.IGNORECASE)
# The policy drops these blocks; without a div in their place, the words around them would be glued together.
_BLOCK_NAMES = "body|center|dialog|dir|fieldset|form|hgroup|legend|listing|menu|nav|search"
# Pictures that need a script or have several addresses, and players.
_WATCHED_NAMES = "amp-|embed|img|lite-|object|picture|source"
# One pass finds all that is not as it should be; of what most bodies have there is none. It passes over what most tags
# are, in small letters, and looks at a letter before it looks at names. Of watched names those that hold something are
# left out.
_REWRITTEN = re.compile(
    r"<(?!(?-i:/?(?:[ap]|span|li|code|div|br|t[dhr]|h[1-6]|[ou]l)[\s>]|/?(?:strong|em|[bi])>"
    r"|img\s[^<>ds]*+(?:(?!srcset|data-)[ds][^<>ds]*+)*[<>]))"
    rf"(?:(?=[bceifnstu])(?P<formatting>{_FORMATTING_NAMES})[\s/][^<>]*>?"
    rf"|(?P<closing>/?)(?=[bcdfhlmns])(?:{_BLOCK_NAMES})(?=[\s/>])"
    rf"|(?=[dimnostvx]|au)(?P<held>{HELD_NAMES})(?=[\s/>])"
    rf"|(?=[aeilops])(?P<watched>{_WATCHED_NAMES}))",
    re.IGNORECASE,
)
_WATCHED = re.compile(
    r"<(?=[aeilnopsvEINO])(?:img[^<>]*?(?:srcset|data-)|(?:video|audio|source)[^<>]*?data-"
    r"|amp-|embed|iframe|lite-|noscript|object|picture|EMBED|IFRAME|NOSCRIPT|OBJECT)"
)
# A parser drops the first one, and would drop the next one when it reads what it wrote.
_FIRST_LINE_ENDS = re.compile(r"(<pre(?: [^>]*)?>)\n+")
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")

_LONGEST_HTML = 1_000_000
# Markup with more tags and references than this is no article: only its text is kept.
_MOST_MARKS = 20_000
# Nor is markup of many tags nested deeper. Beyond 512 elements each parser closes them in its own way, and differently
# each time.
_MOST_NESTED, _MANY_TAGS = 256, 1_000
_TOO_DEEP = " > ".join(["*"] * (_MOST_NESTED + 1))
# Markup may grow by absolute links and by attributes that the policy sets, but not beyond this.
_MOST_GROWTH, _ALWAYS_FITS = 10, 50_000
# Cleaned markup, written and read again, is nearly always the same at once.
_MOST_ROUNDS = 6
# White space, and a byte order mark, which is none of the text's.
_EDGES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def sanitise(html: str, base_url: str | None = None) -> str:
    """Return what the policy keeps of ``html``; relative URLs resolve against ``base_url``, or are dropped without one.

    Sanitised again, the result stays the same. Markup with too many tags for an article is kept as its text. Nothing
    may rewrite the result.
    """
    return sanitise_to_tree(html, base_url)[0]


def sanitise_to_tree(html: str, base_url: str | None = None) -> tuple[str, turbohtml.Element]:
    """Return what the policy keeps of ``html``, as ``sanitise`` does, and the tree that it is read into.

    ``base_url`` must be absolute; without one relative URLs are dropped.
    """
    html = clean(html, _LONGEST_HTML)
    if (sanitised := _sanitise_markup(html, base_url)) and is_allowed(sanitised[0]):
        return sanitised
    text = turbohtml.parse_fragment(drop_formatting(html)).to_text()
    # A reference may have been to what no text may hold.
    paragraphs = as_paragraphs(tidy(clean(text, _LONGEST_HTML)))
    return paragraphs, turbohtml.parse_fragment(paragraphs)


def as_paragraphs(text: str) -> str:
    """Return plain text as HTML paragraphs, written as ``sanitise`` would; a blank line ends a paragraph."""
    html = _write_paragraphs(text)
    # Nothing is written longer than a no-break space.
    return html if len(html) <= _LONGEST_HTML else _write_paragraphs(text[: _LONGEST_HTML // len("&nbsp;")])


def _write_paragraphs(text: str) -> str:
    written = escape(text, quote=False).replace("\xa0", "&nbsp;")
    paragraphs = (paragraph.strip().replace("\n", "<br>") for paragraph in _PARAGRAPH_BREAK.split(written))
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph)


def _sanitise_markup(html: str, base_url: str | None) -> tuple[str, turbohtml.Element] | None:
    """Return the cleaned markup and its tree; None where only its text should be kept."""
    html = prepare(html, base_url)
    if len(html) > _MOST_MARKS < html.count("<"):
        return None
    longest = min(_LONGEST_HTML, len(html) * _MOST_GROWTH + _ALWAYS_FITS)
    kept = apply_policy(html, base_url)
    cleaned = kept.inner_html.strip(_EDGES)
    for _ in range(_MOST_ROUNDS):
        if len(cleaned) > longest or len(cleaned) > _MOST_MARKS < cleaned.count("<") + cleaned.count("&"):
            break
        tree = turbohtml.parse_fragment(cleaned)
        # To count the elements costs a fifth of counting tags.
        is_large = len(tree.select("*")) >= _MOST_NESTED and cleaned.count("<") > _MANY_TAGS
        if is_large and tree.select_one(_TOO_DEEP):
            break
        is_pure = tree.select_one("math") is None or mathml.is_pure(tree)
        meant = _as_meant(cleaned, tree, base_url) if is_pure else mathml.purify(tree)
        # To compare the trees costs a quarter of writing this one, which tells the same where blanks at the ends went.
        if is_pure and meant == cleaned and (tree.equals(kept) or tree.inner_html == cleaned):
            return cleaned, tree
        kept = apply_policy(meant, base_url)
        again = kept.inner_html.strip(_EDGES)
        if is_pure and again == cleaned:
            return cleaned, tree
        cleaned = again
    return None


def _as_meant(cleaned: str, tree: turbohtml.Element, base_url: str | None) -> str:
    """Return cleaned markup, of which this is the tree, as it was meant: it is to be cleaned again."""
    # A tree finds elements of one name five times faster than of two, and faster still than of a long selector.
    if tree.select_one("source") and tree.select_one("picture source"):
        # It was no tag yet when pictures were chosen.
        cleaned = show_pictures(cleaned)
    if any(map(is_no_picture, tree.select("img"))):
        cleaned = drop_no_pictures(cleaned)
    if tree.select_one("pre"):
        cleaned = _FIRST_LINE_ENDS.sub(r"\1", cleaned)
    if any(tree.select_one(name) and tree.select_one(f"{name} {name}") for name in ("audio", "video")):
        cleaned = close_raw_text(cleaned)
    if "<" not in cleaned and "&lt;" in cleaned and (markup := mend_escaped_markup(cleaned)):
        return prepare(markup, base_url)
    return mark_lines(cleaned) if "\n" in cleaned else cleaned


def prepare(html: str, base_url: str | None = None) -> str:
    """Return markup that means the same to a reader, ready for the policy; ``base_url`` must be absolute."""
    # A search for one character takes a fiftieth of one for two, and most markup lacks the first of them.
    if "]" in html and "]]>" in html:
        html = drop_cdata_marks(html)
    kinds: set[str | None] = set()
    html = _REWRITTEN.sub(partial(_rewritten_tag, kinds), html)
    if "held" in kinds:
        html = close_raw_text(html)
    if not kinds.isdisjoint({"held", "watched"}) and _WATCHED.search(html):
        html = link_players(show_pictures(html), base_url)
    return _CHARACTER_REFERENCE.sub(_storable_character, html) if "&" in html and "&#" in html else html


def drop_formatting(html: str) -> str:
    """Return markup without formatting elements, for where only its text is wanted."""
    return _FORMATTING.sub("", html)


def _rewritten_tag(kinds: set[str | None], tag: re.Match[str]) -> str:
    """Return what stands in the place of a tag, whose kind is added to those that were found."""
    kinds.add(tag.lastgroup)
    if tag["formatting"]:
        # What looks like one within an attribute's value has the quote that ends the value: alt="1 <b or more".
        odd = "".join(quote for quote in "\"'" if tag[0].count(quote) % 2)
        return f"<{tag['formatting']}{odd and ' '}{odd}>"
    return tag[0] if tag["held"] or tag["watched"] else f"<{tag['closing']}div"


def _storable_character(reference: re.Match[str]) -> str:
    """Return a character reference, or a replacement for a character that no text may hold: ``&#27;`` is an escape."""
    return reference[0] if _is_storable(reference[1] or f"x{reference[2]}") else _REPLACEMENT


@lru_cache(maxsize=1024)
def _is_storable(number: str) -> bool:
    character = unescape(f"&#{number};")
    return bool(character) and clean(character, len(character)) == character
