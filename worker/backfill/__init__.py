"""Back-fills: what a feed's newest documents did not show is read from its older ones (RFC 5005), in the background."""
