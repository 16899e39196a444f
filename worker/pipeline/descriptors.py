"""How many files and sockets a process may hold open: the soft limit most systems set is meant for smaller programs."""

import resource


def allow_descriptors(wanted: int) -> int:
    """Let this process hold ``wanted`` descriptors open, as far as its hard limit goes; return how many it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
