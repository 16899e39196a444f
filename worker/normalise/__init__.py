"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure.

``article`` makes one entry an article and asks one module for each hard field: ``dates``, ``authors``, ``language``,
``links`` (with files and pictures), ``sanitise`` (HTML) and ``plain_text`` (with titles and summaries). ``match_keys``
makes the names by which dedupe finds the article, and numbers its version. ``feed_context`` is what entries are read
against.
"""
