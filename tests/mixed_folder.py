"""A folder of many files in many formats and encodings, each with the article that it is, written by hand as templates.

The formats are those of ``tests/news_formats.py``. What tells an encoding is the file itself (a byte order mark, its
declaration), the ``feed.toml`` of its folder, or nothing: then it must be guessed. Every tenth file is packed.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.news_formats import FORMATS
from tests.news_items import TONGUES, News
from tests.packing import tarred, zipped
from tests.seeds import place

_PACKED_IN = {0: ("day.zip", zipped), 5: ("day.tar.gz", tarred)}


def write_mixed_folder(folder: Path, count: int) -> Mapping[str, tuple[str, News]]:
    """Write so many files, each an article of its own, and return by their paths their formats and what they are.

    The path of a packed file is within that of its archive.
    """
    written: dict[str, tuple[str, News]] = {}
    packed: defaultdict[Path, dict[str, bytes]] = defaultdict(dict)
    for number, (name, news, told_by) in enumerate(_plan(count)):
        within = folder / f"{news.encoding}-{told_by}"
        if told_by == "settings":
            place(within / "feed.toml", f'encoding = "{news.encoding}"')
        body = FORMATS[name].write(news).encode(news.encoding)
        path = f"{news.tongue.language}/{name}-{number}.{FORMATS[name].ending}"
        if number % 10 in _PACKED_IN:
            within /= _PACKED_IN[number % 10][0]
            packed[within][path] = body
        else:
            place(within / path, body)
        written[str(within / path)] = name, news
    for archive, members in packed.items():
        pack = next(pack for name, pack in _PACKED_IN.values() if name == archive.name)
        place(archive, pack(members))
    return written


def _plan(count: int) -> Iterator[tuple[str, News, str]]:
    """Yield format, news, and what tells the encoding, through all that there is of these."""
    kinds = [
        (name, tongue, encoding, told_by)
        for tongue in TONGUES
        for name, form in FORMATS.items()
        for encoding in tongue.encodings
        if form.takes(encoding)
        for told_by in (("settings", "words") if form.is_bare and encoding != "utf-16" else ("itself",))
    ]
    assert len(kinds) <= count
    for number in range(count):
        name, tongue, encoding, told_by = kinds[number % len(kinds)]
        yield name, News(number, tongue, encoding), told_by
