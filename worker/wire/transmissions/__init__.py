"""Transmissions: dispatches as wires send them, one after the other, each with a header, its text and a trailer.

``framing`` splits a text into them; ``anpa`` (ANPA 1312) and ``iptc_7901`` read one; ``text_entries`` makes entries.
"""
