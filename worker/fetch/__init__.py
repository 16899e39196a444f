"""Stage fetch: get a feed's document over HTTP, within limits, from public addresses only.

FetchRequest → ``location`` (a URL we may ask) → ``transfer`` (a libcurl handle; ``guard`` judges all it dials,
``head`` and ``body`` read what comes back) → ``conclusion`` (what that means; a redirect goes round again) → Fetched

``transfers`` keeps many of these in flight over ``wire``, libcurl's multi handle; ``names`` finds out where their hosts
are, ``budget`` bounds their memory.
"""

from worker.fetch.guard import Guard
from worker.fetch.request import FetchLimits, locate
from worker.fetch.transfers import Transfers

__all__ = ["FetchLimits", "Guard", "Transfers", "locate"]
