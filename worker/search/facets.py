"""What PostgreSQL's index holds besides words: lexemes such as ``lang=en``, which no word looks like."""

from collections.abc import Iterable, Iterator

from worker.search.folded_words import space_out
from worker.search.query import Facet


def list_facets(tags: Iterable[str], language: str | None, agency: str | None) -> Iterator[str]:
    """Yield the lexemes of an article's facets."""
    for tag in tags:
        yield name_facet(Facet.TAG, tag)
    if agency:
        yield name_facet(Facet.AGENCY, agency)
    # en finds en-GB.
    parts = space_out(language or "").split()
    for count in range(1, len(parts) + 1):
        yield f"{Facet.LANGUAGE}={' '.join(parts[:count])}"


def name_facet(facet: Facet, value: str) -> str:
    """Return the lexeme of one facet."""
    return f"{facet}={space_out(value)}"
