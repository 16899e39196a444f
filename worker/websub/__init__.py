"""WebSub (https://www.w3.org/TR/websub/): hubs that feeds name push what is new, and polling is what checks on them.

a poll names a hub → ``subscribing`` asks it → ``callbacks`` answers when it verifies, and takes what it delivers →
``deliveries`` reads that as documents of the feed

``waiting_deliveries`` is the queue between the last two, ``hub_news`` what a delivery shows of its hub. ``callbacks``
runs in the web process, the others in workers. ``subscriptions``, ``credentials`` and ``leases`` are what they share.
"""
