"""Names that list a neighbour's address beside their own: what their own server answers never holds the neighbour."""

from pathlib import Path

from tests.isolated import needs_own_network, run_isolated

pytestmark = needs_own_network

# The stranger's own address, to which all that it asks for is refused, and that of its neighbour ann.
OWN, NEIGHBOURS = "93.184.216.33", "93.184.216.34"
PROLOGUE = f"""
from datetime import timedelta
from pathlib import Path
from tests.documents import item, rss
from tests.isolated import NAME_SERVER
from tests.polling import add, hosts, make_due, poll
from tests.servers.name_server import NameServer
from tests.servers.publisher import Answer, Publisher
from worker.database.engine import open_store
from worker.database.schema import migrate
from worker.pipeline.tools import make_tools
from worker.settings import Settings

OWN, NEIGHBOURS = "{OWN}", "{NEIGHBOURS}"
store = open_store("sqlite:///{{store}}")
migrate(store)
# Addresses that nobody can dial make no feed fail, though one of them is tried first.
names = {{{{"ann.dyn.example": ["2606:4700:4700::1111", "93.184.216.32", NEIGHBOURS]}}}}
ANN = [f"http://ann.dyn.example:8080/ann{{{{n}}}}" for n in range(2)]
STRANGER = [f"http://stranger.dyn.example:8080/{{{{n}}}}" for n in range(4)]

def poll_afresh(*urls):
    # Nothing is known of the names any more, as after a minute.
    tools = make_tools(Settings(host_gap=timedelta(0), fetch_timeout=timedelta(seconds=5)), store)
    make_due(tools) if not urls else add(tools, *urls)
    records = poll(tools)
    held = sorted(host.name for host in hosts(tools) if host.failures)
    tools.close()
    return sorted((record.url.partition("//")[2].partition(".")[0], record.http_status) for record in records), held

with NameServer(NAME_SERVER, names.get), Publisher(OWN, 8080) as own, Publisher(NEIGHBOURS, 8080) as neighbours:
    for n in range(4):
        own.on(f"/{{{{n}}}}", Answer(status=429, headers={{{{"Retry-After": "3600"}}}}))
        neighbours.serve(f"/{{{{n}}}}", rss([item(f"{{{{n}}}}")]))
        neighbours.serve(f"/ann{{{{n}}}}", rss([item(f"ann{{{{n}}}}")]))
"""
BOTH = """
    names["stranger.dyn.example"] = [OWN, NEIGHBOURS]
    for urls in (ANN, STRANGER[:3], ()):
        print(*poll_afresh(*urls))
"""
MOVING = """
    names["stranger.dyn.example"] = [NEIGHBOURS]
    print(*poll_afresh(*STRANGER, *ANN))
    names["stranger.dyn.example"] = [OWN]
    print(*poll_afresh())
"""
ANN_WELL = "('ann', 200), ('ann', 200)"


def _run(folder: Path, script: str) -> list[str]:
    return run_isolated(folder, PROLOGUE.format(store=folder / "store.db") + script, [f"{OWN}/32", f"{NEIGHBOURS}/32"])


def test_refusals_of_a_name_that_lists_its_neighbours_address_hold_that_name_alone(tmp_path: Path) -> None:
    refused, held = ", ".join(["('stranger', 429)"] * 3), "['stranger.dyn.example:8080']"
    ann, stranger, both = _run(tmp_path, BOTH)
    assert (ann, stranger) == (f"[{ANN_WELL}] []", f"[{refused}] {held}")
    assert both.startswith(f"[{ANN_WELL}")
    assert both.endswith(held)


def test_refusals_of_a_name_that_has_moved_away_hold_none_that_it_shared_a_server_with(tmp_path: Path) -> None:
    well, refused = (", ".join([f"('stranger', {status})"] * 4) for status in (200, 429))
    assert _run(tmp_path, MOVING) == [f"[{ANN_WELL}, {well}] []", f"[{ANN_WELL}, {refused}] []"]
