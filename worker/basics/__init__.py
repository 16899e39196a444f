"""What every part of Feedmill builds on: text, URLs, measures, languages, stopping, and the codec for JSON."""
