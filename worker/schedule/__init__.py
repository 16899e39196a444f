"""Stage schedule: when to poll a feed next, and why. Pure.

A poll that answered → ``success``: by the ``forecast`` from its ``rhythm``, never earlier than its publisher wishes
A poll that failed   → ``failure``: the longer streak, then the cure for the class of failure, or the end of polling
A refused request    → ``refusals``: whether its host is left alone as a whole, or only the feed
A hub that pushes    → ``pushes``: which one it is, what it has missed, how long its feed is left to it
A permanent redirect → ``success``: the new address is believed once it has been named for long enough
"""
