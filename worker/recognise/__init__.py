"""Stage recognise: find the entries of a document that are new or edited, by the fingerprints of those seen before.

Known entries go no further: the cost of a poll follows what is new, not what is served.
``keys`` gives each entry its key and sorts entries into new, edited and unchanged; ``audit`` judges a feed's guids.
"""
