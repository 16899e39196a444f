"""The decision table: whether what two texts have in common makes one a copy of the other.

First what no copy looks like, then what copies look like: the first row that applies decides. Lengths and places are
in shingles, so nearly in words.
"""

from worker.stories.constants import FEWEST_SHARED, HEADER, PIECE_REACH, SAME_OUTLET_JACCARD
from worker.stories.story_values import Overlap


def is_copy_given_outlets(overlap: Overlap, *, is_of_one_outlet: bool) -> bool:
    """Say whether one text is a copy of the other, given what they have in common and whether one outlet has both."""
    return is_copy(overlap) and (not is_of_one_outlet or _is_much_alike(overlap))


def is_copy(overlap: Overlap) -> bool:
    """Say whether two texts tell the same news in the same words."""
    if overlap.shared < FEWEST_SHARED or _is_form(overlap) or _has_other_facts(overlap) or _opens_otherwise(overlap):
        return False
    return any(row(overlap) for row in (_is_the_text, _is_cut, _opens_alike, _is_edited, _is_rewritten))


def _is_much_alike(overlap: Overlap) -> bool:
    """Say whether two texts are alike enough for one outlet, whose columns and background return under other news."""
    begins_in_common = min(overlap.first_in_shorter, overlap.first_in_longer) <= HEADER
    return overlap.jaccard >= SAME_OUTLET_JACCARD and begins_in_common


def _is_form(overlap: Overlap) -> bool:
    """Say whether the words are the same and only names and numbers among them differ: weather, prices, results."""
    swapped = overlap.swapped_facts
    is_mostly_facts = swapped >= 2 and swapped >= overlap.swapped / 2 and swapped >= overlap.kept_facts / 3
    return is_mostly_facts or swapped >= max(1, overlap.kept_facts)


def _has_other_facts(overlap: Overlap) -> bool:
    """Say whether short texts of the same wording share too few facts, or hardly have any."""
    if overlap.facts < 4:
        return overlap.longer < 180 and overlap.of_shorter < 0.8 and overlap.mean_run < 15
    return (
        overlap.of_facts < (0.6 if overlap.longer < 120 else 0.45)
        and overlap.longer < 260
        and overlap.of_longer >= 0.4
        and overlap.of_shorter < 0.93
        and overlap.runs >= 3
    )


def _opens_otherwise(overlap: Overlap) -> bool:
    """Say whether short texts begin with different news: what they share is then background or boilerplate."""
    begin_apart = min(overlap.first_in_shorter, overlap.first_in_longer) > HEADER and overlap.longer < 300
    return begin_apart and overlap.opening_facts >= 2 and overlap.of_opening < 0.5


def _is_the_text(overlap: Overlap) -> bool:
    """Say whether at least half of the shorter text is there, in long runs."""
    return overlap.of_shorter >= 0.5 and _runs_on(overlap) and _first(overlap) <= _reach(overlap, 64)


def _is_cut(overlap: Overlap) -> bool:
    """Say whether the shorter text is a lede, a summary or the first paragraphs."""
    return overlap.of_shorter >= 0.85 and overlap.mean_run >= 11 and overlap.first_in_longer <= _reach(overlap, 80)


def _opens_alike(overlap: Overlap) -> bool:
    """Say whether the shorter text is a lede or summary above boilerplate that is not known as such yet."""
    opens = overlap.of_lede >= 0.65 and overlap.longest_run >= 24 and _first(overlap) <= HEADER
    return opens and overlap.of_shorter >= 0.25


def _is_edited(overlap: Overlap) -> bool:
    """Say whether the text was edited throughout, its beginning hardly."""
    kept = overlap.of_shorter >= 0.42 and overlap.of_lede >= 0.7
    return kept and _runs_on(overlap) and overlap.first_in_longer <= _reach(overlap, 40)


def _is_rewritten(overlap: Overlap) -> bool:
    """Say whether a desk wrote its own version: hardly word for word, but from the top and with facts or headline."""
    if overlap.of_shorter < 0.30 or overlap.runs < 4 or _first(overlap) > 48 or overlap.shorter < 60:
        return False
    has_headline = overlap.of_facts >= 0.4 and overlap.of_title >= 0.5
    has_facts = overlap.facts >= 6 and overlap.of_facts >= 0.7 and overlap.runs >= 6
    is_edited_word_by_word = overlap.runs >= 8 and overlap.swapped >= 8 and overlap.swapped_facts <= overlap.swapped / 5
    return has_headline or has_facts or is_edited_word_by_word


def _runs_on(overlap: Overlap) -> bool:
    return overlap.mean_run >= 11 or overlap.longest_run >= 60


def _reach(overlap: Overlap, farthest: int) -> int:
    """Return how far into the longer text a copy may begin: a round-up has many a lede further down."""
    is_piece = overlap.of_longer < 0.3 and overlap.of_title < 0.5
    return min(farthest, PIECE_REACH) if is_piece else farthest


def _first(overlap: Overlap) -> int:
    return max(overlap.first_in_shorter, overlap.first_in_longer)
