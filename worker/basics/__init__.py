"""What every part of Feedmill builds on.

Text (``text``, ``charset``, ``word_diff``, ``languages``); ``urls``, and who vouches for what they serve
(``publishers``); rules that all formats share (``field_rules``, ``json_values``); ``units`` as people
write them; the ``codec`` for whatever crosses a process or a column; and ``stopping``, by which work ends in time.
"""
