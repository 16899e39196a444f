"""Stage recognise: which entries of a document are new or edited, from the fingerprints of those seen before.

Known entries go no further: what a poll costs follows what is new, not what is served.
"""

from worker.recognise.audit import audit_guids
from worker.recognise.keys import hash_guid, key_entries
from worker.recognise.names import note_shared_names
from worker.recognise.sort import recognise

__all__ = ["audit_guids", "hash_guid", "key_entries", "note_shared_names", "recognise"]
