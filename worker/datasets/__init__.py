"""Data sets: articles, polls, stories and events, written out as Parquet, CSV or JSON Lines."""
