"""Whether feeds are judged right: ``python -m benchmarks.quality`` simulates six weeks of a thousand feeds.

The publishers are simulated and their clocks run fast, the polls are made without a network or a store; rhythm,
schedule, marks and judgement are what Feedmill runs. At a known moment every other feed that publishes often enough
goes wrong. It is judged right if it is in the state that follows two of its periods later; a period is the time in
which it usually brings five bursts of articles, at least a day, without weekends where it sleeps then. A false alarm is
a feed-day in another state than healthy or new without a reason.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import Pool
from statistics import median

from benchmarks.kinds import DORMANT
from benchmarks.quality_feeds import EXPECTED, Fault, FaultyFeed, Moment, draw_feeds, play
from worker.values.feed_quality import QualityState

_WELL = EXPECTED[Fault.NONE]


@dataclass(slots=True)
class Verdicts:
    """What feeds with one fault came to."""

    states: Counter[QualityState] = field(default_factory=Counter)
    """What they were two periods after the fault began."""
    delays: list[float] = field(default_factory=list)
    """Days until they were first in the right state."""
    right: int = 0
    early: int = 0
    """Those whose two periods did not end within the time that is simulated."""
    changes: int = 0
    feeds: int = 0
    days: float = 0.0
    """Feed-days without a fault …"""
    false: float = 0.0
    """… and those of them in which a fault was seen."""
    false_states: Counter[str] = field(default_factory=Counter)


def _judge(job: tuple[FaultyFeed, int]) -> tuple[FaultyFeed, list[Moment]]:
    faulty, seed = job
    return faulty, list(play(faulty, seed))


def count(verdicts: Verdicts, faulty: FaultyFeed, moments: Sequence[Moment]) -> None:
    """Count what a feed was found to be."""
    verdicts.feeds += 1
    verdicts.changes += sum(one.state is not other.state for one, other in pairwise(moments))
    _count_false_alarms(verdicts, faulty, moments)
    if faulty.fault is Fault.NONE:
        verdicts.states[moments[-1].state] += 1
        return
    wanted, until = EXPECTED[faulty.fault], faulty.judged_at
    hits = [each.hour for each in moments if each.hour >= faulty.begins and each.state in wanted]
    if hits:
        verdicts.delays.append((hits[0] - faulty.begins) / 24)
    if until > faulty.ends:
        verdicts.early += 1
        return
    last = [each for each in moments if each.hour <= until][-1]
    is_right = _is_right(faulty, last, hits)
    verdicts.right += is_right
    verdicts.states[QualityState.DEGRADED if is_right and faulty.fault is Fault.RENAMED else last.state] += 1


def _is_right(faulty: FaultyFeed, last: Moment, hits: Sequence[float]) -> bool:
    if faulty.fault is Fault.RENAMED:
        # Once guids are known not to last, entries are known by their links, and the fault is over.
        return any(hour <= faulty.judged_at for hour in hits)
    if faulty.fault is Fault.GAPS and not last.is_gap_known:
        # Polls were quick enough.
        return last.state in _WELL
    return last.state in EXPECTED[faulty.fault] or _is_gapped(last)


def _is_gapped(moment: Moment) -> bool:
    """Say whether a feed is rightly called gapped: a burst pushed entries out of its document."""
    return moment.state is QualityState.GAPPED and moment.is_gap_known


def _count_false_alarms(verdicts: Verdicts, faulty: FaultyFeed, moments: Sequence[Moment]) -> None:
    ends = faulty.feed.ends if faulty.fault is Fault.NONE else faulty.begins
    for one, other in pairwise(moments):
        if one.hour >= ends:
            break
        days = (other.hour - one.hour) / 24
        verdicts.days += days
        is_dormant = faulty.feed.kind == DORMANT and one.state is QualityState.SILENT
        is_true = one.state in _WELL or is_dormant or _is_gapped(one)
        if not is_true:
            verdicts.false += days
            verdicts.false_states[f"{faulty.feed.kind}: {one.state}"] += round(days * 100)


def print_table(found: dict[Fault, Verdicts]) -> None:
    """Print what each fault came to, and how often a fault was seen where there was none."""
    states = [*QualityState]
    print(
        f"{'what happened':<26}{'feeds':>6}{'judged':>7}{'right':>7}{'days':>6}  " + "".join(f"{s:>9}" for s in states)
    )
    for fault, each in found.items():
        judged = sum(each.states.values()) if fault is not Fault.NONE else 0
        share = f"{each.right / judged:.0%}" if judged else ""
        days = f"{median(each.delays):.1f}" if each.delays else ""
        row = "".join(f"{each.states[state] or '':>9}" for state in states)
        print(f"{fault:<26}{each.feeds:>6}{judged or '':>7}{share:>7}{days:>6}  {row}")
    faults = [each for fault, each in found.items() if fault is not Fault.NONE]
    judged, right = sum(sum(each.states.values()) for each in faults), sum(each.right for each in faults)
    false_days, all_days = (sum(getattr(each, name) for each in found.values()) for name in ("false", "days"))
    print(f"\n{right} of {judged} judged right within two periods ({right / max(judged, 1):.1%})")
    print(f"false alarms: {false_days:.1f} of {all_days:,.0f} feed-days ({false_days / max(all_days, 1):.2%})")
    alarms = sum((each.false_states for each in found.values()), Counter[str]())
    print("  " + ", ".join(f"{what} {hundredths / 100:.1f}" for what, hundredths in alarms.most_common(6)))
    print(
        f"changes of state a feed: {sum(e.changes for e in found.values()) / sum(e.feeds for e in found.values()):.1f}"
    )


def simulate(feeds: Iterable[FaultyFeed], seed: int, processes: int) -> dict[Fault, Verdicts]:
    """Play all feeds, and return what they came to by what happened to them."""
    found = {fault: Verdicts() for fault in Fault}
    with Pool(processes) as pool:
        for faulty, moments in pool.imap(_judge, ((each, seed) for each in feeds), chunksize=10):
            count(found[faulty.fault], faulty, moments)
    return found


def main() -> None:
    """Simulate, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--days", type=int, default=45)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    print_table(simulate(draw_feeds(chosen.feeds, chosen.days, chosen.seed), chosen.seed, chosen.processes))


if __name__ == "__main__":
    main()
