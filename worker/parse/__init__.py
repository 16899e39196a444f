"""Stage parse: a document in, the entries it publishes out; feeds are read in a child process that may be killed."""

from worker.parse.child_process import ParseLimits
from worker.parse.dispatch import parse_dispatch
from worker.parse.parser import Parsed, Parser
from worker.parse.sniff import Kind, sniff

__all__ = ["Kind", "ParseLimits", "Parsed", "Parser", "parse_dispatch", "sniff"]
