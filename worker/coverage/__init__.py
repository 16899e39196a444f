"""Coverage: what is known of feeds day by day, whether nothing came or nobody looked, and what was missed."""
