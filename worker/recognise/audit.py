"""The audit of a feed's guids: whether they tell its entries apart and stay the same, and what to use if they do not.

A verdict stays once it is made: entries under another key would all look new again.
"""

from collections import Counter
from collections.abc import Sequence

from worker.values.entries import Entry, GuidPolicy, GuidRule
from worker.values.frozen import replace

# A redesign gives all entries other guids once; twice running is a habit.
_HABIT = 2


def audit_guids(rule: GuidRule, entries: Sequence[Entry], *, renamed: int, carried: int) -> GuidRule:
    """Return the rule by which the feed's entries are known from the next document on.

    ``renamed`` of the ``carried`` entries that the document before this one held came back under other guids.
    """
    if rule.is_fixed or rule.policy is not GuidPolicy.GUID:
        return rule
    if has_given_up_guids(rule, entries):
        return GuidRule(GuidPolicy.LINK, "its entries have no guids")
    if shared := _count_shared(entries):
        guids = sum(bool(entry.guid) for entry in entries)
        # One guid used twice among many is a slip; the link tells those two apart.
        if 2 * shared > guids:
            return GuidRule(GuidPolicy.GUID_AND_LINK, f"{shared} of the {guids} guids in its document were shared")
        return rule
    return _judge_renaming(rule, renamed, carried)


def has_given_up_guids(rule: GuidRule, entries: Sequence[Entry]) -> bool:
    """Say whether a feed that is known by its guids has none, by all entries of its document."""
    is_judged = rule.policy is GuidPolicy.GUID and not rule.is_fixed
    return is_judged and not any(entry.guid for entry in entries) and any(entry.link for entry in entries)


def _count_shared(entries: Sequence[Entry]) -> int:
    """Return how many distinct entries have a guid that another entry of the document has too."""
    links_of_guid = Counter(guid for guid, _ in {(entry.guid, entry.link) for entry in entries if entry.guid})
    return sum(count for count in links_of_guid.values() if count > 1)


def _judge_renaming(rule: GuidRule, renamed: int, carried: int) -> GuidRule:
    if not renamed or 2 * renamed < carried:
        return replace(rule, renamings=0)
    if rule.renamings + 1 < _HABIT:
        return replace(rule, renamings=rule.renamings + 1)
    return GuidRule(GuidPolicy.LINK, f"its guids changed {_HABIT} times running while the entries stayed")
