"""The pipeline of a poll: connects the stages, loads the rows they need and hands them over as values.

claim → fetch → parse → recognise → normalise → dedupe → schedule → store; grouping into stories follows the commit

``polling`` (feeds that are due) and ``on_demand`` (feeds that somebody names) keep a ``window`` of many ``visits`` in
flight through the first three stages; ``prepare`` prepares the documents that were read, ``conclude`` decides under
locks what follows from them and stores it. Callers without a broker use these functions, as the tasks do.
"""

from worker.pipeline.mailbox_polls import poll_due_mailboxes
from worker.pipeline.on_demand import (
    NamedPoll,
    poll_by_name,
    poll_named,
    poll_requested,
    request_by_name,
    request_named,
)
from worker.pipeline.polling import Stop, count_poll_tasks, poll_all_due, poll_due
from worker.pipeline.tools import Tools, borrowed_tools

__all__ = [
    "NamedPoll",
    "Stop",
    "Tools",
    "borrowed_tools",
    "count_poll_tasks",
    "poll_all_due",
    "poll_by_name",
    "poll_due",
    "poll_due_mailboxes",
    "poll_named",
    "poll_requested",
    "request_by_name",
    "request_named",
]
