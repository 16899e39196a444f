"""What a reader sees: listings, stories and the store's health, as rows for the commands to print."""
