"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure.

``article`` makes one entry an article and asks one module for each hard field: ``dates``, ``authors``, ``language``,
``links`` (with files and pictures), ``sanitise`` (HTML; with ``raw_text``, ``mathml``,
``escaped_markup`` and ``plain_lines``) and ``plain_text`` (with ``layout`` and summaries). ``match_keys``
makes the names by which dedupe finds the article, and numbers its version. ``feed_context`` is what entries are read
against.
"""
