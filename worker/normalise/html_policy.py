"""The policy of stored HTML: one allow-list, the cleaner that applies it, and the proof that a result keeps to it.

turbohtml cleans, and need not be trusted for that: ``is_allowed`` judges what it wrote by a pattern of our own.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextvars import ContextVar

import can_ada
import turbohtml
from turbohtml.clean import OnDisallowed, Policy, Sanitizer  # codespell:ignore -- its own spelling

from worker.basics.urls import absolute_url
from worker.normalise import mathml

_SCHEMES = frozenset({"http", "https", "mailto"})
# No forms (they phish), no frames and plug-ins (they load what nobody checked), no svg (parsers disagree on what is
# inside it, which is how markup slips through).
_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo big blockquote br caption cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p picture pre q "
    "rp rt ruby s samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "track tt u ul var video wbr".split()
).union(mathml.ELEMENTS)
# Neither style, class, id nor data-*: they would let a feed reach into the page that shows it. No cite: a URL that
# nobody sees. No srcset: one picture is enough.
_ATTRIBUTES = {
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
    **mathml.ATTRIBUTES,
}
_SET_ATTRIBUTES = {
    # A page that shows an article neither hands its window or address to the article's links, nor vouches for them.
    "a": {"rel": "noopener noreferrer nofollow"},
    # A player without controls is invisible.
    "audio": {"controls": ""},
    "video": {"controls": ""},
}
# These hold no text of the article. A form does: an unclosed one would swallow the rest.
_DROPPED_WHOLE = frozenset(
    "datalist embed head iframe noembed noframes noscript option param script select style svg template textarea "
    "title".split()
).union(mathml.ANNOTATIONS)
_MEDIA = frozenset({"src", "poster"})
_ADDRESSES = _MEDIA | {"href"}
_SCHEME = re.compile(rf"(?ai:{'|'.join(sorted(_SCHEMES))}):")


def _list_names(usual: str, names: frozenset[str]) -> str:
    """Return names as a pattern that finds the usual ones first."""
    first = usual.split()
    return "|".join([*first, *sorted(names.difference(first))])


_NAME = _list_names("p span a li br em strong td code div img h2 ul", _TAGS)
_ATTRIBUTE = _list_names(
    "rel alt title", frozenset[str]().union(*_ATTRIBUTES.values(), *_SET_ATTRIBUTES.values()) - _ADDRESSES
)
# What begins anything but a tag of the policy, written as HTML is serialised.
_OTHER = re.compile(
    rf"<(?!(?:/(?:{_NAME})|(?:{_NAME})"
    rf"(?: (?:(?:{'|'.join(sorted(_ADDRESSES))})=\"{_SCHEME.pattern}|(?:{_ATTRIBUTE})=\")[^\"]*\")*)>)"
)

# A cleaner is made once. It finds the base of the article in hand here.
_base_url: ContextVar[str | None] = ContextVar("base_url", default=None)


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute of the policy, as it is kept; None where it is not."""
    if name not in _ADDRESSES:
        return value
    # A browser passes over blanks before it.
    address = value.lstrip()
    if _SCHEME.match(address):
        return address if _is_url(address) else None
    base = _base_url.get()
    # What leads nowhere would lead to the base: href="".
    return absolute_url(address, base) if base and address else None


def _is_url(address: str) -> bool:
    try:
        return can_ada.can_parse(address)
    except TypeError:
        # A lone surrogate is no character, and no URL holds one.
        return False


def _make_cleaner(
    attributes: Mapping[str, AbstractSet[str]],
    keep_attribute: Callable[[str, str, str], str | None] | None = _keep_attribute,
) -> Sanitizer:  # codespell:ignore
    return Sanitizer(  # codespell:ignore
        Policy(
            tags=_TAGS,
            attributes={tag: frozenset(names) for tag, names in attributes.items()},
            url_schemes=_SCHEMES,
            on_disallowed_tag=OnDisallowed.STRIP,
            attribute_filter=keep_attribute,
            set_attributes=_SET_ATTRIBUTES,
            remove_with_content=_DROPPED_WHOLE,
            # Or it would write as text the tags that are read otherwise when the result is read again.
            xml=True,
        )
    )


_CLEANER = _make_cleaner(_ATTRIBUTES)
_CLEANER_OF_WORDS = _make_cleaner({tag: names - _MEDIA for tag, names in _ATTRIBUTES.items()})
# Only a cleaner that need not ask about each attribute takes linear time over a tag that has thousands.
_PRECLEANER = _make_cleaner(_ATTRIBUTES, None)
_LARGE = 50_000


def apply_policy(html: str, base_url: str | None) -> turbohtml.Element:
    """Return the tree of what the policy keeps of markup; written as HTML, it may be read otherwise than it is."""
    _base_url.set(base_url)
    tree = turbohtml.parse_fragment(html)
    if len(html) > _LARGE:
        tree = _PRECLEANER.sanitize_node(tree)  # codespell:ignore
    return _CLEANER.sanitize_node(tree)  # codespell:ignore


def drop_media(html: str) -> str:
    """Return sanitised HTML without the addresses of pictures and players, so that showing it asks no host."""
    return _CLEANER_OF_WORDS.sanitize_node(turbohtml.parse_fragment(html)).inner_html  # codespell:ignore


def is_allowed(html: str) -> bool:
    """Return whether any parser finds nothing but elements and attributes of the policy, and its kinds of URL.

    What is a tag depends on its place only within what cannot be written here: raw text as of scripts and titles,
    comments, sections of CDATA (WHATWG HTML, sections 13.2.5 and 13.2.6). So each ``<`` that a parser comes to begins a
    tag of the policy, and its tree has no other elements, but for those that it implies, such as ``tbody``.
    """
    return _OTHER.search(html) is None
