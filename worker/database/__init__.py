"""The shared SQL store as Feedmill sees it: engine, clock, tables and schema version; the stages above use it."""
