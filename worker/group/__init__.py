"""Stage group: which articles are copies of one another, told from their words alone.

text → blocks of words → (without boilerplate) shingles → anchors to be found by, a sketch and facts to be compared by
→ candidates → verdict → stories united. The method, its figures and what was tried are in docs/stories.md.
"""

from worker.group.batch import choose_of_batch, match_batch
from worker.group.candidates import choose_candidates
from worker.group.compare import compare
from worker.group.match import find_copies
from worker.group.reading import read_text
from worker.group.rules import BOILERPLATE_STORIES, MOST_CHARACTERS, RULES_VERSION
from worker.group.signature import sign
from worker.group.unite import unite

__all__ = [
    "BOILERPLATE_STORIES",
    "MOST_CHARACTERS",
    "RULES_VERSION",
    "choose_candidates",
    "choose_of_batch",
    "compare",
    "find_copies",
    "match_batch",
    "read_text",
    "sign",
    "unite",
]
