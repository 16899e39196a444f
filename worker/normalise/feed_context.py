"""What an entry is read against: its feed and its document, which say who vouches for it and what its links mean."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from worker.basics.publishers import publisher_of
from worker.basics.urls import absolute_url, site
from worker.normalise.language import Detect


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What an entry is read against: its feed, its document, and a detector of languages."""

    feed_url: str
    document_url: str
    """Where the document's bytes came from, after redirects; the file's URI for a saved one."""
    site_url: str | None
    language: str | None
    said_at: datetime
    """When the document was made, else when it was read: the date of all versions that have none of their own."""
    detect: Detect | None = None
    """None where only declared languages count."""
    path: str | None = None
    """The path of a wire's file within the folder that it is read from."""

    @property
    def is_file(self) -> bool:
        """Whether the feed is a file, which is the operator's own."""
        return self.feed_url.startswith("file:")

    @property
    def publisher(self) -> str | None:
        """The site that vouches for the document; None for a file, and for a host on which anybody may publish."""
        if self.is_file:
            return None
        # An operator who saves a document vouches that it came from the URL it names.
        return publisher_of(self.document_url if site(self.document_url) else self.feed_url)

    @property
    def base_url(self) -> str | None:
        """The URL that the document's relative links resolve against (RFC 3986, section 5.1.3)."""
        # In a saved document they mean the site, not the folder it was saved to.
        return _first_on_the_web(self.document_url, self.site_url or "", self.feed_url)


# Each entry of a document asks for it several times.
@lru_cache(maxsize=256)
def _first_on_the_web(*urls: str) -> str | None:
    return next(filter(None, map(absolute_url, urls)), None)
