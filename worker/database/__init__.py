"""The shared SQL store: its engine, clock, tables, locks and schema version, for all packages above it."""
