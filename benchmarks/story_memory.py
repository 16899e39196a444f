"""The method without a store: the same pure functions over dictionaries, one article at a time."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from benchmarks.story_set import Labelled
from worker.stories.constants import BOILERPLATE_STORIES
from worker.stories.matching import choose_candidates, find_copies, unite_stories
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_values import Block, Candidate, Matched, Signature


@dataclass(frozen=True, slots=True)
class InMemory:
    """Which story each article is of, and what telling so cost."""

    stories: list[int]
    cpu_ms: float
    """An article, without the dictionaries that stand for the store."""
    compared: float
    anchors: float


class _Memory:
    def __init__(self) -> None:
        self.sharing: dict[int, list[int]] = defaultdict(list)
        self.blocks: dict[int, set[int]] = defaultdict(set)
        self.signatures: dict[int, Signature] = {}
        self.parents: dict[int, int] = {}
        self.sizes: dict[int, int] = {}

    def root(self, story: int) -> int:
        while story in self.parents:
            story = self.parents[story]
        return story

    def boilerplate(self, blocks: Sequence[Block]) -> set[int]:
        hashes = {block.block_hash for block in blocks}
        return {one for one in hashes if len({self.root(s) for s in self.blocks[one]}) >= BOILERPLATE_STORIES}

    def candidates(self, sharing: Sequence[Sequence[int]], labelled: Sequence[Labelled]) -> dict[int, Candidate]:
        return {
            other: Candidate(other, self.root(other), is_grouped=True, moment=labelled[other].arrives_at)
            for other in chain.from_iterable(sharing)
        }

    def keep(self, place: int, signature: Signature, own: set[int], matched: Matched) -> None:
        self.sizes[place] = 1
        concerned = [place, *(copy.article_id for copy in matched.copies)]
        taken_in = unite_stories([matched], {one: self.root(one) for one in concerned}, self.sizes)
        for loser, winner in taken_in.items():
            self.parents[loser] = winner
            self.sizes[winner] += self.sizes[loser]
        self.signatures[place] = signature
        for anchor in signature.anchors:
            self.sharing[anchor].append(place)
        for block in own:
            self.blocks[block].add(self.root(place))


def group_in_memory(labelled: Sequence[Labelled]) -> InMemory:
    """Group the articles one by one, in the order given."""
    memory, cpu, compared, anchors = _Memory(), 0.0, 0, 0
    for place, one in enumerate(labelled):
        began = time.process_time()
        blocks = read_blocks(one.text)
        cpu += time.process_time() - began
        boilerplate = memory.boilerplate(blocks)
        began = time.process_time()
        signature = make_signature(blocks, boilerplate, one.title, one.outlet)
        cpu += time.process_time() - began
        sharing = [memory.sharing[anchor][:64] for anchor in signature.anchors if anchor in memory.sharing]
        candidates = memory.candidates(sharing, labelled)
        began = time.process_time()
        chosen = choose_candidates(one.arrives_at, sharing, candidates)
        matched = Matched(place, find_copies(signature, chosen, memory.signatures))
        cpu += time.process_time() - began
        memory.keep(place, signature, {block.block_hash for block in blocks} - boilerplate, matched)
        compared, anchors = compared + len(chosen), anchors + len(signature.anchors)
    count = len(labelled)
    stories = [memory.root(place) for place in range(count)]
    return InMemory(stories, cpu / count * 1000, compared / count, anchors / count)
