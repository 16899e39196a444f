"""Retention: what is kept for how long, and pruning what has outlived that."""
