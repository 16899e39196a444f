"""What an operator does: feeds and hosts, intervals, OPML, webhooks, retention."""
