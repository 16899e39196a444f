"""Searching articles by their words: the query language, the index that both databases keep, what is found of it."""
