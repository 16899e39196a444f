"""Seed files: finding and reading them, deciding which feed each belongs to and when it was made; OPML lists."""
