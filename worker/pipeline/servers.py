"""Servers that names of one domain share, as a window finds them: such names go at one pace.

Before anything is sent only the addresses are known that a name lists, and it may list a stranger's. So it is asked at
the shared one first, and what is answered counts for the server that it came from.
"""

from collections.abc import Collection
from weakref import WeakValueDictionary

from worker.claim.families import FoundName
from worker.pipeline.pace import Pace
from worker.pipeline.visits import Visit


class Servers:
    """The paces of one window's servers, and where names were found; a class because each answer adds to them."""

    def __init__(self) -> None:
        # By domain and address; forgotten with the last visit at that pace, for other workers ask there from then on.
        self._paces: WeakValueDictionary[tuple[str, str], Pace] = WeakValueDictionary()
        self._found: list[tuple[Visit, FoundName]] = []

    def find_pace(self, asked: Visit, addresses: tuple[str, ...]) -> Pace:
        """Return the pace of a known server that a name may be on; its address is dialled first."""
        host = asked.host
        known_at = asked.served_from or host.address
        if known_at in addresses:
            addresses = (known_at,)
        elif host.is_shared:
            # It has moved away from the names that it shares a row with; until that is noted it goes at their pace.
            return asked.pace
        places = [(host.domain or "", address) for address in _in_one_order(addresses)]
        place = next((place for place in places if place in self._paces), places[0])
        return self._pace_at(asked, place)

    def _pace_at(self, asked: Visit, place: tuple[str, str]) -> Pace:
        own, host, (_, address) = asked.pace, asked.host, place
        known = self._paces.get(place)
        if known is None:
            is_free = not own.address and host.address in {None, address}
            known = self._paces[place] = own if is_free else own.begin_anew(address)
            known.address = address
        if (known.gap, known.parallel) != (own.gap, own.parallel):
            # Where a wildcard treats one of them differently they stay apart.
            return own.begin_anew("") if own.address else own
        if known is not own and host.address == address:
            known.take_in(host.refusals)
        return known

    def note_answer(self, asked: Visit, pace: Pace, found: FoundName) -> bool:
        """Take in which server has answered; return whether it is another than the one that a shared row stands for."""
        host, address = asked.host, found.address
        if host.address != address:
            self._found.append((asked, found))
        if host.is_shared:
            return host.address != address
        if pace.address not in {"", address}:
            pace = self._pace_at(asked, (host.domain or "", address))
        asked.pace, asked.served_from = pace, address
        return False

    def take_found(self, visits: Collection[int]) -> list[FoundName]:
        """Return what was found by visits that are over; ``visits`` are the hosts of the others."""
        ended = [each for each in self._found if each[0].host.host_id not in visits]
        self._found = [each for each in self._found if each not in ended]
        return [found for _, found in ended]


def _in_one_order(addresses: tuple[str, ...]) -> list[str]:
    """Sort addresses, those of the preferred family first, so that names that list the same agree."""
    return sorted(addresses, key=lambda address: ((":" in address) != (":" in addresses[0]), address))
