"""Read a feed that is not well-formed: its markup is mended first, and then it is read as every other feed is."""

from worker.basics.charset import decode_with_doubts, is_utf8
from worker.parse.mended import mend_document
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.frozen import replace


def read_broken(
    document: Document, max_entries: int, patience: int, before: Outline | None = None, *, largest: int | None = None
) -> ParsedDocument | None:
    """Return what a broken document publishes, as ``read_well_formed`` does; None where mending does not help.

    It does not, either, where more than ``largest`` bytes would come of it.
    """
    mended = mend_document(document)
    parsed = None
    if largest is None or len(mended.body) <= largest:
        parsed = read_well_formed(mended, max_entries, patience, before)
    # Of one without entries and title too much is gone to say that it has none.
    if parsed is None or not (parsed.size or parsed.title or parsed.site_url):
        return None
    doubts = () if is_utf8(document.body) else decode_with_doubts(document.body, document.content_type).doubts
    return replace(parsed, parser="mended", doubts=doubts)
