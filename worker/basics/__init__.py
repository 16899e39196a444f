"""What every part of Feedmill builds on: text, URLs, measures, languages, and how values become JSON."""
