"""Stage parse: a document in, the entries it publishes out.

```
            small, well-formed ──► expat, here ─────────┐
document ──►                                            ├──► ParsedDocument
            anything else ──► child: JSON, feedparser ──┘
```

The child may crash, hang or be killed; the worker's own process reads nothing that could do that to it.
"""

from worker.parse.child_process import ParseLimits
from worker.parse.parser import Parsed, Parser
from worker.parse.sniff import Kind, sniff

PARSE_VERSION = 4
"""Raised with any change of what is read from the same bytes: known entries are then looked at again, once."""

__all__ = ["PARSE_VERSION", "Kind", "ParseLimits", "Parsed", "Parser", "sniff"]
