"""Stage recognise: which entries of a document are new or edited, from the fingerprints of those seen before.

Known entries go no further: what a poll costs follows what is new, not what is served.
"""
