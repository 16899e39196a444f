"""What an operator does: feeds and hosts, intervals, webhooks, retention."""
