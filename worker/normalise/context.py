"""What an entry is read against: the feed that carries it and the document it stands in."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from worker.basics.tenancy import publisher_of
from worker.basics.urls import absolute_url, site
from worker.normalise.language import Detect


@dataclass(frozen=True, slots=True)
class FeedContext:
    """A feed, the document an entry stands in, and what tells the language of a text."""

    feed_url: str
    document_url: str
    """Where its bytes came from, after redirects: a file's URI for a saved document."""
    site_url: str | None
    language: str | None
    said_at: datetime
    """When the document was made, or read: that of all versions whose publisher says nothing of it."""
    detect: Detect | None = None
    """None where only declared languages count."""
    path: str | None = None
    """Of a wire's file, its path within the folder it is read from."""

    @property
    def is_file(self) -> bool:
        """True for a feed that is a file, which is the operator's own."""
        return self.feed_url.startswith("file:")

    @property
    def publisher(self) -> str | None:
        """The site whose word the document is; None for a file, and for a host on which anybody may publish."""
        if self.is_file:
            return None
        # Who saves a document vouches for it that it came from where it says.
        return publisher_of(self.document_url if site(self.document_url) else self.feed_url)

    @property
    def base_url(self) -> str | None:
        """What relative links of the document resolve against (RFC 3986, section 5.1.3)."""
        # In a saved document they mean the site, not the folder it was saved to.
        return _first_on_the_web(self.document_url, self.site_url or "", self.feed_url)


# All entries of a document ask for it, several times each.
@lru_cache(maxsize=256)
def _first_on_the_web(*urls: str) -> str | None:
    return next(filter(None, map(absolute_url, urls)), None)
