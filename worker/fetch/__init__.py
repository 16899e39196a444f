"""Stage fetch: get a feed's document over HTTP, within limits, from public addresses only.

FetchRequest → ``request`` (a URL that we may ask, and the header lines we send) → ``transfer`` (one libcurl handle;
``guard`` judges every address it dials, ``headers`` and ``body`` read what comes back) → ``answer`` (what that means;
a redirect goes round again) → Fetched

``transfers`` keeps many of these in flight on the multi handle of ``libcurl``; ``host_names`` looks up their hosts; the
``Budget`` of ``body`` bounds their memory.
"""

from worker.fetch.guard import Guard
from worker.fetch.request import FetchLimits, Location, locate
from worker.fetch.transfers import HeldHop, Transfers

__all__ = ["FetchLimits", "Guard", "HeldHop", "Location", "Transfers", "locate"]
