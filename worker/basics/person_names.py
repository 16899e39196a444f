"""What reads like a person's name, in the author fields of feeds and in the bylines of wires."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_](?:[\w'’-]|\.(?!$))*\.?")
_PARTICLES = frozenset("al am bin da de del della den der di do dos du el ibn la le ten ter van von y zu zur".split())
_FEWEST_WORDS, _MOST_WORDS = 2, 5


def reads_like_a_name(words: Sequence[str]) -> bool:
    """Return whether words may be a person's name: two to five, and none in small letters but particles (``van``)."""
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return False
    return all(_WORD.fullmatch(word) and (not word[0].islower() or word in _PARTICLES) for word in words)
