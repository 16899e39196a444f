"""Names, in a network with a name server of our own: what hangs is bounded, what lies is not believed."""

from pathlib import Path

import pytest

from tests.isolated import needs_own_network, run_isolated

pytestmark = needs_own_network

PROLOGUE = """
import os
from datetime import timedelta
from tests.isolated import NAME_SERVER
from tests.servers.name_server import NameServer
from tests.servers.publisher import Publisher
from worker.errors import PollError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import FetchRequest

def fetch(transfers, urls):
    for number, url in enumerate(urls):
        transfers.start(FetchRequest(number, url))
    ended = []
    while transfers.in_flight:
        ended += transfers.step(timedelta(seconds=1))
    return sorted(ended, key=lambda fetched: fetched.request.feed_id)

def tell(fetched):
    answer = fetched.answer
    return str(answer.error_class) if isinstance(answer, PollError) else answer.body.decode()

def limits(timeout=120, connect_timeout=120):
    return FetchLimits(timedelta(seconds=timeout), timedelta(seconds=connect_timeout), 1000, "test")
"""

# hanging -------------------------------------------------------------------------------------------------------------
HANGING = """
with NameServer(NAME_SERVER, lambda name: None):
    transfers = Transfers(limits({timeout}, {connect_timeout}), Guard())
    ended = fetch(transfers, [f"http://hangs-{{number}}.example/" for number in range(300)])
    print(*sorted({{tell(fetched) for fetched in ended}}), *{{str(ended[0].answer)}})
    print(len(os.listdir("/proc/self/task")) < 140)
    transfers.close()
    # Those who still look a name up, which takes the system another while.
    print(len(os.listdir("/proc/self/task")) > 10)
"""


@pytest.mark.parametrize(
    ("timeout", "connect_timeout", "told"),
    [
        (0.5, 5, "dns dns: the name hangs-0.example was not resolved within 500ms"),
        (3, 1, "dns dns: the name hangs-0.example was not resolved within 1s"),
    ],
    ids=["deadline", "looking up"],
)
def test_names_that_hang_end_in_time_in_a_bounded_number_of_threads(
    tmp_path: Path, timeout: float, connect_timeout: float, told: str
) -> None:
    script = HANGING.format(timeout=timeout, connect_timeout=connect_timeout)

    assert run_isolated(tmp_path, PROLOGUE + script) == [told, "True", "True"]


BESIDE = """
with NameServer(NAME_SERVER, lambda name: None if "hangs" in name else ["127.0.0.1"]), Publisher() as publisher:
    publisher.serve("/", b"rss")
    with Transfers(limits(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        fetch(transfers, [publisher.url("/", f"known-{number}.example") for number in range(20)])
        for number in range(300):
            transfers.start(FetchRequest(1000 + number, publisher.url("/", f"hangs-{number}.example")))
        transfers.step(timedelta(0))
        hosts = ["127.0.0.1", "localhost"] * 20 + [f"known-{number}.example" for number in range(20)]
        for number, host in enumerate(hosts):
            transfers.start(FetchRequest(number, publisher.url("/", host)))
        ended = []
        while len(ended) < len(hosts):
            ended += transfers.step(timedelta(seconds=1))
        print(transfers.in_flight)
        print({tell(fetched) for fetched in ended})
"""


def test_hanging_names_hold_up_neither_addresses_nor_names_that_are_known(tmp_path: Path) -> None:
    assert run_isolated(tmp_path, PROLOGUE + BESIDE) == ["300", "{'rss'}"]


NEW = """
with NameServer(NAME_SERVER, lambda name: None if "hangs" in name else ["127.0.0.1"]), Publisher() as publisher:
    publisher.serve("/", b"rss")
    with Transfers(limits(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        for number in range(60):
            transfers.start(FetchRequest(1000 + number, publisher.url("/", f"hangs-{number}.example")))
        for number in range(100):
            transfers.start(FetchRequest(number, publisher.url("/", f"new-{number}.example")))
        ended = []
        while len(ended) < 100:
            ended += transfers.step(timedelta(seconds=1))
        print(transfers.in_flight, {tell(fetched) for fetched in ended})
"""


def test_dozens_of_hanging_names_hold_up_no_new_one(tmp_path: Path) -> None:
    assert run_isolated(tmp_path, PROLOGUE + NEW) == ["60 {'rss'}"]


# answering -----------------------------------------------------------------------------------------------------------
ANSWERING = """
asked = []
def answers(name):
    asked.append(name)
    return {"a.example": ["127.0.0.1"], "b.example": ["::1"], "none.example": []}.get(name)

with NameServer(NAME_SERVER, answers), Publisher(port=8080) as four, Publisher("::1", port=8080) as six:
    four.redirect("/", "http://b.example:8080/")
    six.serve("/", b"six")
    four.serve("/feed", b"four")
    with Transfers(limits(), Guard.allowing(["127.0.0.0/8", "::1/128"])) as transfers:
        urls = ["http://A.example:8080/", "http://a.example.:8080/feed", "http://none.example/"]
        print([tell(fetched) for fetched in fetch(transfers, urls)])
        print([tell(fetched) for fetched in fetch(transfers, ["http://a.example:8080/feed"] * 3)])
    print({name: asked.count(name) for name in asked})
    print(*sorted({request.headers["host"] for request in four.requests + six.requests}))
"""


def test_a_name_is_asked_for_once_a_minute_and_every_hop_by_its_own(tmp_path: Path) -> None:
    assert run_isolated(tmp_path, PROLOGUE + ANSWERING) == [
        "['six', 'four', 'dns']",
        "['four', 'four', 'four']",
        # A and AAAA; with and without the root's dot a name is asked for twice.
        "{'a.example': 4, 'none.example': 2, 'b.example': 2}",
        "a.example.:8080 a.example:8080 b.example:8080",
    ]


# lying ---------------------------------------------------------------------------------------------------------------
NOT_PUBLIC = {
    "loopback.example": ["127.0.0.1"],
    "another-loopback.example": ["127.9.9.9"],
    "private.example": ["10.1.2.3"],
    "metadata.example": ["169.254.169.254"],
    "unspecified.example": ["0.0.0.0"],
    "loopback6.example": ["::1"],
    "unspecified6.example": ["::"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "sixtofour.example": ["2002:7f00:1::"],
    "unique-local.example": ["fd00:ec2::254"],
    "all-of-them.example": ["127.0.0.1", "10.1.2.3", "::1", "fd00:ec2::254"],
}
HERE = ["10.1.2.3/32", "169.254.169.254/32", "64:ff9b::7f00:1/128", "2002:7f00:1::/128", "fd00:ec2::254/128"]
LYING = """
lies = {lies}
with NameServer(NAME_SERVER, lies.get), Publisher("0.0.0.0", 8080) as four, Publisher("::", 8080) as six:
    with Transfers(limits(), Guard()) as transfers:
        ended = fetch(transfers, [f"http://{{name}}:8080/" for name in lies])
    print({{tell(fetched) for fetched in ended}}, four.connections, six.connections)
"""


def test_no_name_leads_to_an_address_that_is_not_public(tmp_path: Path) -> None:
    script = PROLOGUE + LYING.format(lies=NOT_PUBLIC)

    assert run_isolated(tmp_path, script, HERE) == ["{'guard'} 0 0"]


MIXED = """
mixed = {
    "public-first.example": ["93.184.216.34", "127.0.0.1"],
    "private-first.example": ["127.0.0.1", "10.1.2.3", "93.184.216.34"],
    "two-families.example": ["::1", "93.184.216.34"],
    "closed.example": ["127.0.0.1", "93.184.216.99"],
}
with NameServer(NAME_SERVER, mixed.get), Publisher("127.0.0.1", 8080) as loopback, Publisher("::1", 8080) as loopback6:
    with Publisher("10.1.2.3", 8080) as private, Publisher("93.184.216.34", 8080) as public:
        public.serve("/", b"public")
        with Transfers(limits(), Guard()) as transfers:
            ended = fetch(transfers, [f"http://{name}:8080/" for name in mixed])
        print([tell(fetched) for fetched in ended])
        print(loopback.connections, loopback6.connections, private.connections, public.connections)
"""


def test_of_public_and_private_addresses_only_the_public_are_dialled(tmp_path: Path) -> None:
    addresses = ["10.1.2.3/32", "93.184.216.34/32", "93.184.216.99/32"]

    assert run_isolated(tmp_path, PROLOGUE + MIXED, addresses) == [
        "['public', 'public', 'public', 'connect']",
        "0 0 0 3",
    ]


TURNING = """
asked = []
def answers(name):
    asked.append(name)
    # A first lookup asks for A and AAAA.
    return ["93.184.216.34"] if name == "turns.example" and len(asked) <= 2 else ["127.0.0.1"]

told = []
with NameServer(NAME_SERVER, answers), Publisher("127.0.0.1", 8080) as loopback:
    with Publisher("93.184.216.34", 8080) as public:
        public.redirect("/", "http://elsewhere.example:8080/")
        public.serve("/feed", b"public")
        with Transfers(limits(), Guard()) as transfers:
            told += fetch(transfers, ["http://turns.example:8080/feed", "http://turns.example:8080/"])
        # Nothing is known of the name any more, as after a minute.
        with Transfers(limits(), Guard()) as transfers:
            told += fetch(transfers, ["http://turns.example:8080/feed"])
        print([tell(fetched) for fetched in told], loopback.connections)
"""


def test_a_name_that_turns_private_is_refused_from_then_on(tmp_path: Path) -> None:
    told = run_isolated(tmp_path, PROLOGUE + TURNING, ["93.184.216.34/32"])

    assert told == ["['public', 'guard', 'guard'] 0"]


# The last and the first public address beside the ranges that are not, and some that people know.
CONTROLS = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15
168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255
192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0
223.255.255.255 2000::1 2001:200::1 2001:4860:4860::8888 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700:4700::1111
2a00:1450::1 3ffd::1 3fff:1000::1 64:ff9b::808:808 2002:808:808::1
""".split()
PUBLIC = """
addresses = {addresses}
with NameServer(NAME_SERVER, lambda name: [addresses[int(name.partition(".")[0][1:])]]):
    with Publisher("0.0.0.0", 8080) as four, Publisher("::", 8080) as six:
        for publisher in (four, six):
            publisher.serve("/", b"rss")
        with Transfers(limits(), Guard()) as transfers:
            literal = [f"http://[{{ip}}]:8080/" if ":" in ip else f"http://{{ip}}:8080/" for ip in addresses]
            named = [f"http://n{{number}}.example:8080/" for number in range(len(addresses))]
            ended = fetch(transfers, literal + named)
        print([fetched.request.url for fetched in ended if tell(fetched) != "rss"], len(ended))
"""


def test_no_public_address_is_refused(tmp_path: Path) -> None:
    prefixed = [f"{ip}/{128 if ':' in ip else 32}" for ip in CONTROLS]

    assert run_isolated(tmp_path, PROLOGUE + PUBLIC.format(addresses=CONTROLS), prefixed) == ["[] 80"]


APART = """
from worker.fetch.libcurl import MultiHandle, new_handle, tell_addresses

asked = []
with NameServer(NAME_SERVER, lambda name: asked.append(name) or []), Publisher(port=8080) as publisher:
    publisher.serve("/", b"rss")
    multi = MultiHandle()
    told, untold = (new_handle(limits(), "") for _ in range(2))
    tell_addresses(told, "a.example", 8080, ("127.0.0.1",))
    for handle in (told, untold):
        handle.setopt(handle.URL, "http://a.example:8080/")
        handle.setopt(handle.WRITEFUNCTION, len)
        handle.setopt(handle.FRESH_CONNECT, 1)
        multi.add(handle)
        ended = []
        while not ended:
            ended = list(multi.drive(1))
        print(ended[0].code == 0, asked[:1])
    multi.close()
"""


def test_what_one_handle_was_told_of_hosts_is_not_kept_with_all_the_others(tmp_path: Path) -> None:
    # libcurl goes through all that it keeps as each request ends.
    assert run_isolated(tmp_path, PROLOGUE + APART) == ["True []", "False ['a.example']"]
