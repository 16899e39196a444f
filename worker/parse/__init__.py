"""Stage parse: a document goes in, the entries that it publishes come out.

```
            small ──► in the worker's process: expat, mended expat ─────────────────────────────┐
document ──►                                                                                    ├──► ParsedDocument
            anything else ──► child process: JSON, newsroom, expat, mended expat, then feedparser ┘
```

A document may make the child crash, hang or be killed; the worker's own process reads none that could do so.
"""

from worker.parse.child_process import ParseLimits
from worker.parse.parser import Parsed, Parser, read_whole
from worker.parse.sniff import Kind, sniff

PARSE_VERSION = 7
"""Raise it with any change of what is read from the same bytes: known entries are then looked at again, once."""

__all__ = ["PARSE_VERSION", "Kind", "ParseLimits", "Parsed", "Parser", "read_whole", "sniff"]
