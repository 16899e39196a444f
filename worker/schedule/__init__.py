"""Stage schedule: when to poll next, and why, in one pure decision.

A poll that answered → ``success``: by the ``forecast`` from its ``rhythm``, never earlier than the ``hints`` allow
A poll that failed   → ``streak``: does it count? → ``failure``: the cure of its class (``cures``), or the end
A permanent redirect → ``moves``: is the new address to be believed yet?
"""
