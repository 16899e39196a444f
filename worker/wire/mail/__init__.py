"""E-mail as a newsroom's intake: each message (RFC 5322, MIME) or message of an mbox is an article."""
