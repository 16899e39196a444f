"""Sentences for people about what the store holds: the same ones on a screen and on a page."""
