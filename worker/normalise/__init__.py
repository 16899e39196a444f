"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure."""
