"""The constants of the method, in one table with a version: signatures of two versions are never compared."""

from datetime import timedelta

RULES_VERSION = 1
"""Counts up whenever a change here makes other signatures of the same text."""

# What is read of a text, and how it is cut up.
MOST_CHARACTERS = 12_000
MOST_WORDS = 800
SHINGLE = 5
SHINGLE_OF_CHARACTERS = 10
"""Where most words are one character long: Chinese, Japanese, Korean, Thai."""
MOST_SHINGLES = 600
MOST_FACTS = 64

# Anchors: the smallest shingle of every window, in narrow windows where texts begin.
NARROW_REACH, NARROW_WINDOW = 80, 20
WIDE_WINDOW = 80

# Boilerplate, and which candidates are compared.
BOILERPLATE_STORIES = 3
WINDOW = timedelta(days=7)
MOST_STORIES_OF_KEY = 8
MOST_OF_STORY = 2
MOST_GROUPED = 6
MOST_UNGROUPED = 50

# A story takes in another one, not just a single article, only at this Jaccard similarity.
UNITING_JACCARD = 0.5
# Of one outlet, which uses its own words again and again, two articles must be this much alike.
SAME_OUTLET_JACCARD = 0.6
