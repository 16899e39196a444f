"""Stage store: all that a poll found, written together or not at all, and the rows that the stages before it need."""
