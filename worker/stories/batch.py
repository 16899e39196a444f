"""Matching a batch of articles, as though they had come one by one: each with those before it."""

from collections.abc import Iterator, Mapping, Sequence

from worker.stories.candidates import choose_candidates
from worker.stories.match import find_copies
from worker.stories.values import Candidate, Matched, Signature, Signed


def choose_of_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> set[int]:
    """Return which articles outside the batch may have to be compared, of those that share each anchor."""
    apart = _without_batch(signed, sharing)
    return {
        candidate.article_id
        for one in signed
        for candidate in choose_candidates(one.article.moment, _near(one.signature, apart))
    }


def match_batch(
    signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]], signatures: Mapping[int, Signature]
) -> Iterator[Matched]:
    """Yield what each article of a batch is a copy of; ``signatures`` are those of ``choose_of_batch``."""
    known = dict(signatures)
    near = _without_batch(signed, sharing)
    for one in signed:
        article = one.article
        copies = find_copies(one.signature, choose_candidates(article.moment, _near(one.signature, near)), known)
        yield Matched(article.article_id, copies)
        own = article.story_id or article.article_id
        candidate = Candidate(
            article.article_id, copies[0].story_id if copies else own, is_grouped=True, moment=article.moment
        )
        known[article.article_id] = one.signature
        for anchor in one.signature.anchors:
            near.setdefault(anchor, []).append(candidate)


def _without_batch(signed: Sequence[Signed], sharing: Mapping[int, Sequence[Candidate]]) -> dict[int, list[Candidate]]:
    batch = {one.article.article_id for one in signed}
    return {
        anchor: [candidate for candidate in candidates if candidate.article_id not in batch]
        for anchor, candidates in sharing.items()
    }


def _near(signature: Signature, sharing: Mapping[int, Sequence[Candidate]]) -> list[Sequence[Candidate]]:
    return [sharing[anchor] for anchor in signature.anchors if anchor in sharing]
