"""Pictures of a body that only a script or a wide screen would show, each made one image at its largest address.

But for ``drop_no_pictures`` this changes markup as published, before the policy cleans it. Each step is linear in the
length: no tag is followed past an angle bracket.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

from turbohtml import Element

from worker.normalise.markup_tags import is_unseen, quote, read_attributes

_Candidate: TypeAlias = tuple[float, float, str]
"""An address of a picture, as written, behind its width in pixels, 0 where that is not told, and its density."""

_TAG = re.compile(r"<(?!/[^pP])(/?)(picture|source|img|video|audio)(?=[\s/>])([^<>]*)>", re.IGNORECASE)
_IMAGE = re.compile(r"<img(?=[\s/])([^<>]*)>", re.IGNORECASE)
_AMP_IMAGE = re.compile(r"<amp-(?:img|anim)(?=[\s/])", re.IGNORECASE)
_NO_SCRIPT = re.compile(
    r"(?:(?P<before><img(?=[\s/])(?P<attributes>[^<>]*)>)\s*+)?<noscript(?:\s[^<>]*)?>"
    r"(?P<inside>[^<]*+(?:<(?!/?noscript[\s>])[^<]*+)*)</noscript\s*>",
    re.IGNORECASE,
)
# Where scripts find the address that they load later, the surest first.
_LATER = (
    "data-src data-lazy-src data-original data-orig-file data-orig-src data-opt-src data-cfsrc data-hi-res-src "
    "data-actualsrc data-real-src data-full-src data-ll-src data-img-src data-large-file data-file data-orig data-lazy "
    "data-lazyload data-echo"
).split()
_CANDIDATES = "srcset data-srcset data-lazy-srcset lazy-srcset".split()
_DESCRIPTOR = re.compile(r"(\d{1,5}(?:\.\d{1,5})?)([wxh])(?:,|$)")
_MOST_TOKENS = 200
_SIZE = itemgetter(0, 1)
_WIDTH = re.compile(r"\s*(\d{1,5})(?:px)?\s*")
_NOT_LOADED = ("data:", "about:", "blob:")
# What a candidate's address may be: a URL of the web, or a relative one.
_LOADED = re.compile(r"https?:|(?![a-z][\w.+-]*:|,*\Z)", re.IGNORECASE)
# Names of files that only hold a place.
_PLACEHOLDERS = ("blank", "placeholder", "spacer", "transparent", "loading", "1x1")
# In cleaned markup < and > are parts of tags only, and every value is in double quotes.
_NO_PICTURE = re.compile(r'<img(?![^>]* src=")[^>]*>|<img[^>]* (?:width|height)="[01](?:px)?"[^>]*>')
_UNSEEN_SIDES = frozenset({"0", "1", "0px", "1px"})
_COUNTER = re.compile(r"piwik|matomo|pixel|analytics|/watch/\d|/tr\?", re.IGNORECASE)


def show_pictures(html: str) -> str:
    """Return markup in which each picture is one image that needs no script, at the largest address it is given."""
    if "<amp-" in html:
        html = _AMP_IMAGE.sub("<img", html)
    if "<noscript" in html:
        html = _show_without_script(html)
    return _TAG.sub(_tag_writer(), html)


def is_no_picture(image: Element) -> bool:
    """Return whether an image of cleaned markup has no address, or is as small as only counters are."""
    return image.attr("src") is None or not _UNSEEN_SIDES.isdisjoint((image.attr("width"), image.attr("height")))


def drop_no_pictures(cleaned: str) -> str:
    """Return cleaned markup without such images; to ask its tree whether it has any costs a tenth of looking here."""
    return _NO_PICTURE.sub("", cleaned)


def _show_without_script(html: str) -> str:
    """Return markup with the images that stand in ``noscript``, unless another image shows the same."""
    times = Counter(address for image in _IMAGE.finditer(html) for address in _addresses(read_attributes(image[1])))

    def write(found: re.Match[str]) -> str:
        inside = {image[0]: read_attributes(image[1]) for image in _IMAGE.finditer(found["inside"])}
        images = {image: attributes for image, attributes in inside.items() if not _is_counter(attributes)}
        if images and found["before"] and _is_placeholder(read_attributes(found["attributes"])):
            return "".join(images)
        others = (image for image, each in images.items() if all(times[address] == 1 for address in _addresses(each)))
        return (found["before"] or "") + "".join(others)

    return _NO_SCRIPT.sub(write, html)


def _addresses(attributes: Mapping[str, str]) -> set[str]:
    return {address for address in (attributes.get("src"), _find_later(attributes)) if address}


def _is_counter(attributes: Mapping[str, str]) -> bool:
    return is_unseen(attributes) or _COUNTER.search(attributes.get("src", "")) is not None


def _is_placeholder(attributes: Mapping[str, str]) -> bool:
    """Return whether an image only holds the place of another one, which a script would load."""
    is_lazy = "lazy" in attributes.get("class", "") or _find_later(attributes) is not None
    return is_lazy or not _is_picture(attributes.get("src", ""))


def _is_picture(address: str) -> bool:
    name = address.partition("?")[0].rpartition("/")[2].lower()
    return bool(address) and not address.startswith(_NOT_LOADED) and not any(word in name for word in _PLACEHOLDERS)


def _tag_writer() -> Callable[[re.Match[str]], str]:
    """Return a function that writes tags again, one after the other in the order of the document."""
    sources: list[_Candidate] = []
    is_in_picture = is_shown = False

    def write(tag: re.Match[str]) -> str:
        nonlocal sources, is_in_picture, is_shown
        is_end, name, attributes = tag.groups()
        if name.lower() == "picture":
            alone = _at_its_largest("img", "", sources) if sources and not is_shown else ""
            sources, is_in_picture, is_shown = [], not is_end, False
            return alone + tag[0]
        if is_end:
            return tag[0]
        if name.lower() == "source" and is_in_picture:
            sources += _read_candidates(read_attributes(attributes))
            return ""
        is_shown = True
        return _at_its_largest(name, attributes, sources)

    return write


def _at_its_largest(name: str, written: str, others: Sequence[_Candidate] = ()) -> str:
    """Return a tag that has the largest address of those in its attributes and of the others for its own."""
    if not (others or "srcset" in written or "data-" in written):
        return f"<{name}{written}>"
    attributes = read_attributes(written)
    address = later = _find_later(attributes)
    if candidates := [*_read_candidates(attributes), *others]:
        largest = max(candidates, key=_SIZE)
        if not (later or _is_picture(attributes.get("src", ""))) or _is_larger(largest, attributes.get("width", "")):
            address = largest[2]
    # Of two attributes of one name a parser takes the first.
    return f"<{name} src={quote(address)} {written}>" if address else f"<{name}{written}>"


def _find_later(attributes: Mapping[str, str]) -> str | None:
    """Return the address that a script would load."""
    values = (attributes[name] for name in _LATER if name in attributes)
    return next((value for value in values if ("/" in value or "." in value) and _is_picture(value)), None)


def _is_larger(candidate: _Candidate, width: str) -> bool:
    """Return whether a candidate is larger than the picture of its tag, which may say its width."""
    own_width, density, _ = candidate
    if not own_width:
        return density > 1
    declared = _WIDTH.fullmatch(width)
    return declared is None or int(declared[1]) <= own_width


def _read_candidates(attributes: Mapping[str, str]) -> Iterator[_Candidate]:
    """Yield what the ``srcset`` of a tag names (WHATWG HTML, section 4.8.4.2.2)."""
    for written in [attributes[name] for name in _CANDIDATES if name in attributes]:
        address = ""
        for token in written.split(None, _MOST_TOKENS)[:_MOST_TOKENS]:
            size = _DESCRIPTOR.match(token) if token[0].isdigit() else None
            if size is None:
                if address:
                    yield 0, 1, address.rstrip(",")
                address = token if _LOADED.match(token) else ""
            elif address and size[2] != "h":
                yield (float(size[1]), 1, address) if size[2] == "w" else (0, float(size[1]), address)
                # The next address may follow the comma at once.
                address = token[size.end() :]
        if address:
            yield 0, 1, address.rstrip(",")
