"""Stage dedupe: which article each entry is, whether its words are a revision, and which article a notice acts on.

A guid names an article within its feed; a match key names one across feeds. Where the guid says one article and the
key another, the guid wins. Both are believed only as far as the words bear them out: feeds give old entries new guids,
and new entries old guids or old URLs.
"""

from worker.dedupe.notices import AFTER, BEFORE, link_notices
from worker.dedupe.place import dedupe
from worker.dedupe.shared_links import without_shared_links

__all__ = ["AFTER", "BEFORE", "dedupe", "link_notices", "without_shared_links"]
