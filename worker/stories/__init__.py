"""Stories: which articles are copies of one another, from their words to the rows that say so."""
