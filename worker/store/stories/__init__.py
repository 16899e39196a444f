"""Stage store, stories: claims what waits to be grouped, publishes what it is found by, writes which story it is of.

claim → publish, and commit → find candidates → lock their stories → store. In this order two copies that are grouped at
the same time, by two workers, cannot miss each other: whoever publishes last sees the other one.
"""

from worker.store.stories.blocks import find_boilerplate
from worker.store.stories.candidates import find_candidates, find_signatures
from worker.store.stories.changes import store_stories
from worker.store.stories.claim import claim_waiting
from worker.store.stories.forget import delete_articles, find_article_ids, forget_stories
from worker.store.stories.lock import StaleStoriesError, lock_stories, lock_stories_here, lock_waiting
from worker.store.stories.publish import publish

__all__ = [
    "StaleStoriesError",
    "claim_waiting",
    "delete_articles",
    "find_article_ids",
    "find_boilerplate",
    "find_candidates",
    "find_signatures",
    "forget_stories",
    "lock_stories",
    "lock_stories_here",
    "lock_waiting",
    "publish",
    "store_stories",
]
