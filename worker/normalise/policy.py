"""The HTML policy: which elements and attributes may be stored. Any change of it raises POLICY_VERSION."""

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
