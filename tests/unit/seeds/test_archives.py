import gzip
import io
import random
import tarfile
import zipfile
from datetime import UTC, datetime

import pytest

from tests.packing import tarred, zipped
from worker.errors import SeedError
from worker.seeds.archives import ArchiveKind, Member, find_kind, read_members

MAX_BODY = 1_000
NEWS = {"in/a.txt": "Rain fell.", "b.txt": "Snow fell."}
READ = [("in/a.txt", b"Rain fell."), ("b.txt", b"Snow fell.")]


def _read(packed: bytes, name: str = "w/x.zip", max_body: int = MAX_BODY) -> list[Member | SeedError]:
    return list(read_members(io.BytesIO(packed), name, len(packed), max_body))


def _bodies(found: list[Member | SeedError]) -> list[tuple[str, bytes]]:
    return [(each.name, each.body) for each in found if isinstance(each, Member)]


def _said(found: list[Member | SeedError]) -> list[str]:
    return [str(each) for each in found if isinstance(each, SeedError)]


@pytest.mark.parametrize(
    ("packed", "kind"),
    [
        (zipped(NEWS), ArchiveKind.ZIP),
        (zipped({}), ArchiveKind.ZIP),
        (tarred(NEWS), ArchiveKind.GZIP),
        (tarred(NEWS, "w:"), ArchiveKind.TAR),
        (b"PK is a name, LONDON, July 10", None),
        (b"\x1f\x8b", None),
        (b"", None),
    ],
)
def test_an_archive_is_known_by_its_first_bytes(packed: bytes, kind: ArchiveKind | None) -> None:
    assert find_kind(packed[:512]) is kind


@pytest.mark.parametrize("packed", [zipped(NEWS), zipped(NEWS, zipfile.ZIP_STORED), tarred(NEWS), tarred(NEWS, "w:")])
def test_members_are_read_under_their_own_names(packed: bytes) -> None:
    found = _read(packed)
    assert (_bodies(found), _said(found)) == (READ, [])


def test_a_file_that_is_packed_alone_has_its_name_without_the_ending() -> None:
    packed = gzip.compress(b"Rain fell.")
    assert _bodies(_read(packed, "w/news.txt.gz")) == [("news.txt", b"Rain fell.")]
    assert _bodies(_read(packed, "w/news")) == [("news", b"Rain fell.")]


def test_archives_in_archives_are_read_two_deep() -> None:
    third = zipped({"c.txt": "Hail fell."})
    found = _read(zipped({"day.tgz": tarred(NEWS), "deep.zip": zipped({"deeper.zip": third}), "z.txt": "Fog."}))
    assert _bodies(found) == [("day.tgz/in/a.txt", b"Rain fell."), ("day.tgz/b.txt", b"Snow fell."), ("z.txt", b"Fog.")]
    assert _said(found) == ["w/x.zip/deep.zip/deeper.zip was not read: it is an archive in 2 others: unpack these."]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    for packed in (zipped({name: "x", **NEWS}), tarred({name: "x", **NEWS})):
        found = _read(packed)
        assert _bodies(found) == READ
        assert [said.partition(" was not read: ")[2] for said in _said(found)] == ["its name leads out of the archive."]


def test_links_are_no_files() -> None:
    found = _read(tarred(NEWS, links=("passwd.txt",)))
    assert (_bodies(found), _said(found)) == (READ, ["w/x.zip/passwd.txt was not read: it is a link."])
    link = zipfile.ZipInfo("passwd.txt")
    link.external_attr = 0o120777 << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert _said(_read(packed.getvalue())) == ["w/x.zip/passwd.txt was not read: it is a link."]


def test_what_is_passed_over_in_folders_is_passed_over_in_archives() -> None:
    hidden = dict.fromkeys([".x.txt", ".git/x.txt", "__MACOSX/._a.txt", "a.txt~", "b.part", "feed.toml"], "x")
    for packed in (zipped({**hidden, **NEWS}), tarred({**hidden, **NEWS})):
        found = _read(packed)
        assert (_bodies(found), _said(found)) == (READ, [])


@pytest.mark.parametrize(
    "packed", [zipped({"big.txt": b"x" * 1_001, **NEWS}), tarred({"big.txt": b"x" * 1_001, **NEWS})]
)
def test_a_member_may_be_as_large_as_a_document(packed: bytes) -> None:
    found = _read(packed)
    assert _bodies(found) == READ
    assert _said(found) == ["w/x.zip/big.txt was not read: it is larger than 1 kB (FEEDMILL_MAX_BODY)."]


def test_an_encrypted_member_says_so() -> None:
    packed = bytearray(zipped(NEWS))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    found = _read(bytes(packed))
    assert _bodies(found) == READ[1:]
    assert _said(found) == ["w/x.zip/in/a.txt was not read: it is encrypted: pack it again without a password."]


def test_a_member_that_is_packed_in_another_way_says_so() -> None:
    found = _read(zipped(NEWS, zipfile.ZIP_BZIP2))
    assert [said.partition(" was not read: ")[2][:48] for said in _said(found)] == [
        "it is packed by a method that is not read (12): "
    ] * 2


def test_a_member_that_is_broken_costs_no_other() -> None:
    packed = bytearray(zipped(NEWS, zipfile.ZIP_STORED))
    packed[packed.index(b"Rain")] ^= 1
    found = _read(bytes(packed))
    assert _bodies(found) == READ[1:]
    assert _said(found) == [
        "w/x.zip/in/a.txt was not read: it is broken in its archive (Bad CRC-32 for file 'in/a.txt')."
    ]


def test_of_an_archive_that_is_cut_off_what_is_whole_is_read() -> None:
    many = {f"{number}.txt": f"Rain fell on day {number}." for number in range(20)}
    tar = tarred(many, "w:")
    found = _read(tar[: 10 * 1_024 + 520])
    assert _bodies(found) == [(name, text.encode()) for name, text in list(many.items())[:10]]
    assert [said[:53] for said in _said(found)] == ["w/x.zip was not read whole: the archive is broken (un"]
    packed = gzip.compress(tar)
    assert _said(_read(packed[:-30])) != []
    assert _said(_read(zipped(many)[:-30])) == [
        "w/x.zip was not read whole: the archive is broken (File is not a zip file)."
    ]


@pytest.mark.parametrize(
    ("name", "flag"), [("Überschwemmung.txt", 0x800), ("Überschwemmung.txt", 0), ("москва.txt", 0), ("plain.txt", 0)]
)
def test_a_name_is_read_as_utf8_though_a_zip_does_not_say_so(name: str, flag: int) -> None:
    packed = zipped({"x" * len(name.encode()): "x"}).replace(b"x" * len(name.encode()), name.encode())
    if flag:
        packed = zipped({name: "x"})
    assert [member.name for member in _read(packed) if isinstance(member, Member)] == [name]


def test_a_name_in_cp437_is_read_as_that() -> None:
    packed = zipped({"x-ber": "x"}).replace(b"x-ber", "Ü-ber".encode("cp437"))
    assert [member.name for member in _read(packed) if isinstance(member, Member)] == ["Ü-ber"]


def test_members_have_the_times_that_the_archive_gives() -> None:
    (tar,) = _read(tarred({"a.txt": "x"}, modified=1_783_000_000))
    assert isinstance(tar, Member)
    assert tar.modified_at == datetime(2026, 7, 2, 13, 46, 40, tzinfo=UTC)


TIMESTAMP = b"ux\x01\x00\x01UT\x05\x00\x03" + (1_783_000_000).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("clock", "extra", "told"),
    [
        ((2026, 7, 2, 22, 46, 40), b"", datetime(2026, 7, 2, 22, 46, 40)),  # noqa: DTZ001 -- a zip's clock has no zone
        ((2026, 7, 2, 22, 46, 40), TIMESTAMP, datetime(2026, 7, 2, 13, 46, 40, tzinfo=UTC)),
        ((2026, 7, 2, 22, 46, 40), TIMESTAMP.replace(b"\x03", b"\x02"), datetime(2026, 7, 2, 22, 46, 40)),  # noqa: DTZ001
        # It announces the seconds, and has none.
        ((2026, 7, 2, 22, 46, 40), b"UT\x01\x00\x01ux\x01\x00\x01", datetime(2026, 7, 2, 22, 46, 40)),  # noqa: DTZ001
        ((2026, 13, 2, 22, 46, 40), b"", None),
    ],
)
def test_a_zips_clock_is_without_a_zone_unless_the_seconds_stand_beside_it(
    clock: tuple[int, int, int, int, int, int], extra: bytes, told: datetime | None
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        named = zipfile.ZipInfo("a.txt", clock)
        named.extra = extra
        archive.writestr(named, "x")
    (member,) = _read(packed.getvalue())
    assert isinstance(member, Member)
    assert member.modified_at == told


def test_an_office_document_is_no_archive_of_news() -> None:
    found = _read(zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"}))
    assert _said(found) == [
        "w/x.zip was not read: it is a document or a program that is packed as a zip, not a folder of news."
    ]


def test_a_bomb_is_left_as_soon_as_it_grows() -> None:
    packed = gzip.compress(bytes(40_000_000))
    assert _said(_read(packed, "w/x.gz", max_body=100_000_000)) == [
        "w/x.gz was not read whole: it unpacks to more than 200 times its size."
    ]
    many = zipped({f"{number}.txt": bytes(900_000) for number in range(30)})
    found = _read(many, max_body=1_000_000)
    assert len(_bodies(found)) == 22
    assert _said(found) == ["w/x.zip was not read whole: it unpacks to more than 200 times its size."]


def test_an_archive_of_very_many_members_is_read_up_to_there() -> None:
    found = _read(zipped({str(number): "x" for number in range(10_001)}, zipfile.ZIP_STORED))
    assert len(_bodies(found)) == 10_000
    assert _said(found) == ["w/x.zip was not read whole: it has more than 10,000 members."]


def test_a_list_of_members_that_would_fill_the_memory_is_not_read() -> None:
    found = _read(zipped({f"{number}{'x' * 400}": "" for number in range(12_000)}, zipfile.ZIP_STORED))
    assert _said(found) == ["w/x.zip was not read whole: its list of members is too long."]


def test_a_name_in_a_tar_that_would_fill_the_memory_is_not_read() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("x" * 200_000))
    assert _said(_read(packed.getvalue())) == [
        "w/x.zip was not read whole: the archive is broken (a name in it is too long)."
    ]


def test_whatever_is_broken_in_an_archive_becomes_a_sentence() -> None:
    members = {f"in/{number}.txt": "Rain fell on the bridge. " * 20 for number in range(6)}
    whole = [zipped(members), tarred(members), tarred(members, "w:"), zipped({"a.tgz": tarred(members)})]
    for seed in range(2_000):
        chance = random.Random(seed)
        packed = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 4)):
            packed[chance.randrange(len(packed))] = chance.randrange(256)
        if chance.random() < 0.2:
            del packed[chance.randrange(len(packed)) :]
        found = _read(bytes(packed))
        assert len(found) == len(_bodies(found)) + len(_said(found)), seed


def test_an_archive_for_a_newer_program_says_so() -> None:
    packed = bytearray(zipped(NEWS))
    packed[packed.index(b"PK\x01\x02") + 6] = 99
    found = _read(bytes(packed))
    assert _said(found) == ["w/x.zip was not read whole: the archive is broken (zip file version 9.9)."]
