"""Stories: which articles are copies of one another, told from their words alone by any number of workers at once.

What decides is pure:

    text → blocks → shingles, without boilerplate → anchors to find it by, sketch and facts to compare (signature)
    → candidates that share an anchor (matching) → overlap (compare) → verdict (verdict) → stories united (matching)

The rest is SQL, and grouping.py runs it in this order, each step in a transaction of its own:

    claim (waiting_articles) → publish, and commit (published) → search candidates (published)
    → lock, then store (membership)

An article is published and committed before candidates are searched: of two copies that two workers group at once, the
one published last sees the other. Stories are locked before they are written, and what was read of them is read again.
The method, its figures and what else was tried are in docs/stories.md.
"""
