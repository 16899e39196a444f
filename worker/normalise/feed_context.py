"""What an entry is read against: its feed and its document, which say who vouches for it and what its links mean."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from worker.basics.publishers import publisher_of
from worker.basics.urls import absolute_url, same_site, site
from worker.normalise.language import Detect

# Neither RSS nor JSON Feed says what a relative link means. Atom does: what RFC 3986 says, the document's URL.
_WITHOUT_BASE = frozenset({"rss", "rdf", "json"})


# Without slots, so that what every entry of a document asks for is found out once.
@dataclass(frozen=True)
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
    format: str = ""
    """The document's, as ``ParsedDocument`` has it."""
    agency: str | None = None
    """Likewise."""

    @property
    def is_file(self) -> bool:
        """Whether the feed is a file, which is the operator's own."""
        return self.feed_url.startswith("file:")

    @cached_property
    def publisher(self) -> str | None:
        """The site that vouches for the document; None for a file, and for a host on which anybody may publish."""
        if self.is_file:
            return None
        # An operator who saves a document vouches that it came from the URL it names.
        return publisher_of(self.document_url if site(self.document_url) else self.feed_url)

    @cached_property
    def base_url(self) -> str | None:
        """The URL that the document's relative links resolve against: its own (RFC 3986, section 5.1.3), or the site's.

        In a format that names no base it is the page of the site that the document belongs to, if one site has both:
        who writes relative links there has them from the site's pages, and most readers resolve them so. Another site's
        page is none: a feed of somebody's bookmarks may name any.
        """
        page = absolute_url(self.site_url or "")
        if page and self.format in _WITHOUT_BASE and same_site(page, self.document_url):
            # It is a folder's, though it lacks the slash, where the document lies below it.
            return f"{page}/" if self.document_url.startswith(f"{page}/") else page
        # In a saved document they mean the site, not the folder it was saved to.
        return absolute_url(self.document_url) or page or absolute_url(self.feed_url)
