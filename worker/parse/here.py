"""What is read in the worker's own process: documents that are sound, and small enough not to hold up other polls."""

from worker.errors import PollError
from worker.parse.well_formed import FAULTS, read_well_formed
from worker.values import Document, ParsedDocument

# Together they bound what reading one may take to about a tenth of a second, whatever is in it.
_LARGEST = 2_000_000
_MOST_TAGS = 100_000


def read_here(document: Document, max_entries: int) -> ParsedDocument | PollError | None:
    """Return what a document publishes, or why it is no feed; null for one that is the child's to read."""
    if len(document.body) > _LARGEST or document.body.count(b"<") > _MOST_TAGS:
        return None
    try:
        return read_well_formed(document, max_entries, patience=max_entries)
    except PollError as error:
        return error
    except FAULTS:
        return None
