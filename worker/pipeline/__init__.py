"""The pipeline: connects the stages, loads the rows they need and hands them over as values.

claim → fetch → parse → recognise → normalise → dedupe → schedule → store, and after the commit → group

``polling`` keeps a ``window`` of many ``visits`` in flight through the first three stages; ``conclude`` decides under
locks what follows from the documents that were read, and stores it; ``grouping`` tells what was stored apart into
stories. ``adding`` and ``rediscovery`` find feeds by their sites' pages (``discovery``), under the same leases
(``lookups``). Callers without a broker use these functions, as the tasks do.
"""

from worker.pipeline.on_demand import (
    LEFT_TO_WORKERS,
    NamedPoll,
    poll_by_name,
    poll_named,
    poll_requested,
    request_named,
    why_not_polled,
)
from worker.pipeline.polling import Stop, count_poll_tasks, poll_all_due, poll_due

__all__ = [
    "LEFT_TO_WORKERS",
    "NamedPoll",
    "Stop",
    "count_poll_tasks",
    "poll_all_due",
    "poll_by_name",
    "poll_due",
    "poll_named",
    "poll_requested",
    "request_named",
    "why_not_polled",
]
