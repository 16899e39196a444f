"""Gaps: entries that came into a feed's document and left it again between two polls, so that nobody saw them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from worker.values.articles import Sighting
from worker.values.entries import KnownSighting

# A document of one entry shows the newest only: that it is another one tells nothing.
_FEWEST = 2


def is_gap(entries: int, carried: int, new: Sequence[Sighting], left: Iterable[KnownSighting]) -> bool:
    """Say whether entries were missed: all of a document's are new, and none of those that it ``carried`` is left.

    Not where a new one has the link or the words of one that ``left``: then guids were made anew.
    """
    if len(new) < entries or min(entries, carried) < _FEWEST:
        return False
    times = Counter(sighting.article.original_url for sighting in new)
    # The same link in several entries names none of them.
    links = {link for link, count in times.items() if link and count == 1}
    words = {sighting.article.content_hash for sighting in new}
    return not any(seen.original_url in links or seen.content_hash in words for seen in left)
