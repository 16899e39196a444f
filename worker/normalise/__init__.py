"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure."""

from worker.normalise.article import normalise
from worker.normalise.context import FeedContext
from worker.normalise.identity import is_unnumbered
from worker.normalise.language import Detect
from worker.normalise.policy import POLICY_VERSION
from worker.normalise.sanitise import sanitise

__all__ = ["POLICY_VERSION", "Detect", "FeedContext", "is_unnumbered", "normalise", "sanitise"]
