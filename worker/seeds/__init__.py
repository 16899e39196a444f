"""Seed files: finding and reading them, whether they are whole, whose documents they are, and when those were said."""
