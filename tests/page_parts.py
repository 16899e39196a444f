"""The tags of a page that was answered, as a browser reads them, and what of them must be ours."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

_URLS = {"href", "src", "action", "poster"}
# Attributes that the pages have; none of them runs anything.
_ATTRIBUTES = set(
    "action alt aria-current aria-describedby aria-invalid aria-label autocomplete charset class colspan content"
    " controls cx cy d data-zone datetime defer dir fill font-size font-weight for height href id label lang list"
    " loading maxlength media method name open overflow placeholder preload r referrerpolicy rel role sandbox scope"
    " selected size src stroke stroke-dasharray stroke-width tabindex target text-anchor title transform type value"
    " viewbox width x xmlns y".split()
)
_ELEMENTS = set(
    "a article aside audio bdi body br button circle code datalist dd del desc details div dl dt footer form g h1 h2"
    " head header html iframe img input ins label li link main mark meta nav ol option p path rect script section"
    " select span strong summary svg table tbody td text th thead time title tr ul".split()
)


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


def read_tags(page: str) -> list[tuple[str, dict[str, str]]]:
    """Each opening tag of a page, with its attributes."""
    parts = _Parts()
    parts.feed(page)
    return parts.tags


def find_foreign(page: str) -> list[str]:
    """What of a page's tags is none of ours: elements, attributes, scripts, and links that lead to no web page."""
    tags = read_tags(page)
    return [
        *(tag for tag, _ in tags if tag not in _ELEMENTS),
        *(name for _, attributes in tags for name in attributes if name not in _ATTRIBUTES),
        *(
            str(attributes)
            for tag, attributes in tags
            if tag == "script" and "/static/" not in attributes.get("src", "")
        ),
        *(value for tag in tags for name, value in tag[1].items() if name in _URLS and not _is_web_address(value)),
    ]


def _is_web_address(value: str) -> bool:
    return urlsplit(value).scheme in {"", "http", "https"}
