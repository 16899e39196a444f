"""What a kill withdraws: all that goes back to the same first version as what it acts on, and copies of that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from worker.values import Notice, WireArticle
from worker.wire.wire_order import day_of, withdrew_itself

LONGEST_STORY = timedelta(days=7)
"""How far back a kill withdraws."""


def find_killed(
    in_order: Sequence[WireArticle], acts_on: Mapping[int, int | None], openings: Mapping[int, WireArticle]
) -> dict[int, int]:
    """Return which articles of one wire key are killed, and by which; of several kills by the first.

    ``in_order`` is the order in which they were sent: a kill does not withdraw what came after it. ``openings`` are the
    first versions that articles go back to.
    """
    versions: dict[int, list[WireArticle]] = defaultdict(list)
    copies: dict[tuple[str, bytes], list[int]] = defaultdict(list)
    killed: dict[int, int] = {}
    for article in in_order:
        opening = openings[article.article_id].article_id
        if withdrew_itself(article) or article.notice is not Notice.KILL:
            versions[opening].append(article)
            copies[_words(article)].append(opening)
        elif acts_on[article.article_id]:
            waiting = [opening]
            while waiting:
                for version in versions.pop(waiting.pop(), ()):
                    if day_of(article) - day_of(version) <= LONGEST_STORY:
                        killed[version.article_id] = article.article_id
                        waiting += copies.pop(_words(version), ())
    # Killed by another one as well, it is that one's.
    return {article.article_id: article.article_id for article in in_order if withdrew_itself(article)} | killed


def _words(article: WireArticle) -> tuple[str, bytes]:
    """Return what copies of one dispatch have in common."""
    return article.agency, article.content_hash
