"""What follows from what documents brought: which article each entry is, and what each article shows from now on."""

from collections import Counter
from collections.abc import Sequence

from worker.dedupe.drafts import Drafts
from worker.dedupe.place import place_entries
from worker.values import Brought, Decision, DocumentOutcome, KnownArticle


def decide(documents: Sequence[Brought], known: Sequence[KnownArticle]) -> Decision:
    """Return all that is to be written; ``known`` are the articles that sightings, match keys and names may mean.

    Later documents know what earlier ones brought, but what the articles show in the end is the same in any order.
    """
    drafts = Drafts(known)
    placed = [
        tuple(drafts.take(number, brought, each) for each in place_entries(brought, drafts))
        for number, brought in enumerate(documents)
    ]
    touched = [draft for draft in drafts.by_id.values() if draft.is_touched]
    articles = [draft.decide() for draft in touched]
    counts: Counter[tuple[int | None, str]] = Counter()
    for draft, article in zip(touched, articles, strict=True):
        if article.before is None:
            counts[draft.touched_by[0], "new"] += 1
        elif article.changed_fields:
            counts[draft.shown_by_document, "updated" if article.is_revised else "refreshed"] += 1
    return Decision(
        articles=tuple(articles),
        sightings=tuple(each for draft in touched for each in draft.resighted()),
        restated=tuple(each for draft in drafts.by_id.values() for each in draft.restated()),
        outcomes=tuple(
            DocumentOutcome(placements, *(counts[number, outcome] for outcome in ("new", "updated", "refreshed")))
            for number, placements in enumerate(placed)
        ),
    )
