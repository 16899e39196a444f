"""Stage normalise: entries made comparable, field by field; ``docs/fields.md`` has the rules. Pure."""

from worker.normalise.article import FeedContext, normalise
from worker.normalise.language import Detect
from worker.normalise.policy import POLICY_VERSION
from worker.normalise.sanitise import sanitise

__all__ = ["POLICY_VERSION", "Detect", "FeedContext", "normalise", "sanitise"]
