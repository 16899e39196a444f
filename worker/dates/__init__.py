"""Moments, read from what publishers write for dates; nothing here depends on the day of reading.

::

    text ─► as most feeds write it, ISO 8601, a number of seconds (reading, iso)
      └───► tidied (tidying) ─► without its clock (clocks) and its zone (zones) ─► the day, if only one (written_days)

What may mean two days, and what holds a number that has no place in a date, names none: where there is no date, the
moment of first sight stands in, and that is less wrong than another day.
"""
