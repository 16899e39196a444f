"""Webhooks: changes delivered to URLs, signed, in order, and again until they are taken."""
