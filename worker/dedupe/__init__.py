"""Stage dedupe: which article each entry is, and whether its words are a revision.

A guid names an article within its feed; a match key names one across feeds. Where the guid says one article and the
key another, the guid wins. Both are believed only as far as the words bear them out: feeds give old entries new guids,
and new entries old guids or old URLs.
"""

from worker.dedupe.place import dedupe
from worker.dedupe.shared_links import without_shared_links

__all__ = ["dedupe", "without_shared_links"]
