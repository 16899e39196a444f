"""How wire agencies write: their datelines and bylines, in dispatches, newsroom documents and feeds that carry them."""
