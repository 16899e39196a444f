"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure.

``article`` makes one entry an article and asks one module for each hard field: ``authors``, ``language``, ``links``
(with files and pictures), ``episodes`` (of podcasts), ``sanitise`` (HTML) and ``plain_text`` (with ``layout`` and
summaries). Markup as published passes through ``raw_text``, ``pictures`` and ``players`` (with ``markup_tags``) before
``sanitise`` cleans it; ``mathml``, ``escaped_markup`` and ``plain_lines`` look at what is left. ``match_keys`` makes
the names by which dedupe finds the article, and numbers its version. ``feed_context`` is what entries are read against.
"""
