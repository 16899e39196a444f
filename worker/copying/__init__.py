"""Copying a store into an empty database of either kind, going on after a kill, verified row by row."""
