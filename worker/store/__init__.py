"""Stage store: what polls found, written together or not at all, and what the store knows, read for earlier stages.

``known`` reads what earlier stages need, and locks articles. ``locked`` locks feeds and hosts, and says what each poll
may still write. Then ``sightings`` writes what documents brought, with ``versions`` for the versions of articles;
``polls`` writes the polls themselves, with ``feed_state`` for schedules and feeds; and ``moves`` gives feeds new URLs.
``outages`` tells from the ledger when our own network was down.
"""
