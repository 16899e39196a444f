"""How good feeds are: what their newest entries are like, which state follows from that, and judging them by turns."""
