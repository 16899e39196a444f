"""Stage fetch: get a feed's document over HTTP, within limits, from public addresses only.

FetchRequest → ``request`` (a URL that we may ask, and the header lines we send), ``terms`` (through which proxy, with
which secrets) → ``transfer`` (one libcurl handle; ``guard`` judges every address it dials; ``headers``, ``body`` and
its ``codings`` read what comes back into a ``hop``) → ``answer`` (what that means; a redirect goes round again, and
so does what a server wants to be asked over ``http2``) → Fetched

``transfers`` keeps many of these in flight on the multi handle of ``libcurl``; ``host_names`` looks up their hosts; the
``Budget`` of ``body`` bounds their memory.
"""

from worker.fetch.guard import Guard
from worker.fetch.request import FetchLimits, Location, locate
from worker.fetch.secrets_file import NO_SECRETS, FeedSecrets, SecretsFile, SecretsFileError
from worker.fetch.terms import Secrets
from worker.fetch.transfers import HeldHop, Transfers

__all__ = [
    "NO_SECRETS",
    "FeedSecrets",
    "FetchLimits",
    "Guard",
    "HeldHop",
    "Location",
    "Secrets",
    "SecretsFile",
    "SecretsFileError",
    "Transfers",
    "locate",
]
