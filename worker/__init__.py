"""What is done to a feed: claim, fetch, parse, recognise, normalise, dedupe, schedule, store."""
