"""Stage store: what polls found, written together or not at all, and what the store knows, read for earlier stages.

``known`` reads what earlier stages need, and locks articles. ``poll_locks`` locks feeds and hosts, and says what each
poll may still write. Then ``decided_articles`` writes what documents brought, with ``revisions`` for the versions of
articles; ``polls`` writes the polls themselves, with ``sightings`` for entries that left or came back, ``feed_state``
for schedules and feeds, and ``feed_hubs`` for who pushes them; and ``feed_moves`` gives feeds new URLs.
``network_outages`` tells from the ledger when our own network was down.
"""
