"""The constants of the method, in one table with a version: signatures of two versions are never compared."""

from datetime import timedelta

RULES_VERSION = 3
"""Counts up whenever a change here makes other signatures of the same text."""

# How much of a text is read, and how it is cut up.
MOST_CHARACTERS = 12_000
MOST_WORDS = 800
SHINGLE = 5
SHINGLE_OF_CHARACTERS = 10
"""Where most words are one character long: Chinese, Japanese, Korean, Thai."""
MOST_SHINGLES = 600
MOST_FACTS = 64

# Anchors: shingles whose highest byte is below this, more of them where texts begin, and there the smallest of each
# window that has none.
SMALL = 6
SMALL_NEAR, NEAR, WINDOW = 16, 80, 20

# How many stories have a line that is boilerplate, and which candidates are compared.
BOILERPLATE_STORIES = 3
FARTHEST_APART = timedelta(days=7)
"""Articles published further apart are not compared."""
MOST_STORIES_OF_ANCHOR = 8
MOST_OF_STORY = 2
MOST_GROUPED = 6
MOST_UNGROUPED = 50

# The terms of the decision table (verdict.py), in shingles, so nearly in words.
FEWEST_SHARED = 8
LEDE = 40
DATELINE = 8
"""Facts before this word belong to a dateline."""
HEADER = 10
"""A dateline, or a line of boilerplate above the text, is no longer than this."""
MOST_SWAPPED = 8
"""Up to so many words in the midst of shared words were swapped; more were written anew."""
PIECE_REACH = 32
"""How far into a text a much shorter one may begin under another headline: further down a round-up has its ledes."""
ITEM, ITEM_REACH = 20, 18
"""A round-up opens several stories, each with at least so many shingles from near the story's own top."""

# A story takes in another one, not just a single article, only at this Jaccard similarity.
UNITING_JACCARD = 0.5
# An outlet uses its own words again and again: two articles of one outlet must be this much alike.
SAME_OUTLET_JACCARD = 0.6
