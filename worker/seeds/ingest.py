"""Ingesting what paths name: each document goes through the stages of a polled one.

find files → open or unpack a bunch of them, with the settings of their folders (``opening``) → pass over what is
unchanged → tell the kind → read (``read_text``, else the parser) → fill what is open from ``feed.toml``
(``folder_settings``) → find the feed that owns each document (``owners``) → store (``file_storing``); OPML adds feeds
instead

Files of wires are stored together, a bunch in a commit; what fails together is stored again one by one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from worker.basics.file_signatures import find_signature
from worker.basics.garbage import rare_collections
from worker.basics.log_lines import get_logger
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading, rehearsing
from worker.database.seed_files import find_seed_states, remember_looks, remember_seed_file
from worker.database.tally_table import add_tally
from worker.errors import PassingSeedError, SeedError
from worker.parse import Kind, sniff
from worker.pipeline import Tools
from worker.pipeline.prepare import hold_back
from worker.seeds.bunches import Opened, OpenedFile, ReadArchive, SeedRead, explain_faults, in_bunches
from worker.seeds.file_storing import ParsedFile, store_alone, store_together
from worker.seeds.files import find_seed_files, wait_until_still
from worker.seeds.folder_settings import fill_document, with_encoding
from worker.seeds.importing import add_feeds_of_seed
from worker.seeds.opening import in_part, open_files
from worker.seeds.owners import is_wire
from worker.values.entries import ParsedDocument
from worker.values.seed_states import SeedState
from worker.values.tallies import BY_FILE
from worker.wire.text_documents import read_text

STILL_FOR = timedelta(seconds=1)
"""How long a file has to be left alone before it is read."""
# How far a list may be from the start of its file.
_HEAD = 4_096
_TEXTS = {Kind.TEXT, Kind.MAIL}
_NOT_SEEDS = {
    Kind.HTML: "it is an HTML page, not a feed: save the feed itself",
    Kind.XML: "it is XML, but no feed",
    Kind.BINARY: "it is neither text nor a feed",
    Kind.EMPTY: "it is empty",
}
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What a person may choose for one reading of files."""

    is_rehearsal: bool = False
    """Whether what is written is undone."""
    as_is: bool = False
    """Whether a text is read that does not look like prose."""
    told_of: Collection[str] = ()
    """The paths of archives of which the caller knows what was refused: unchanged ones need not say it again."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One reading of files, and what it has found out."""

    tools: Tools
    options: IngestOptions
    unsettled: set[str]
    """Archives with members that are to be read another day."""
    refused_in: set[str]
    """Archives with members that were refused."""


def ingest(
    tools: Tools,
    paths: Sequence[Path | str],
    max_body: int,
    *,
    still_for: timedelta = STILL_FOR,
    options: IngestOptions = IngestOptions(),
) -> Iterator[SeedRead]:
    """Ingest files, folders and globs; a file that fails says why, and the others go on.

    A file that was written to within ``still_for`` comes last, after it was left alone for so long; if it is written to
    again it is left to the next time (UnfinishedSeedError). Of a rehearsal nothing stays in the store; files of
    different bunches do not know of one another then.
    """
    found = wait_until_still(find_seed_files(paths), still_for)
    run = _Run(tools, options, set(), set())
    with rare_collections():
        for bunch in in_bunches(open_files(tools.engine, found, max_body, options.told_of)):
            if options.is_rehearsal:
                with rehearsing(tools.engine) as engine:
                    read = list(_ingest_bunch(replace(run, tools=replace(tools, engine=engine)), bunch))
                yield from read
            else:
                for seed in _ingest_bunch(run, bunch):
                    tools.tally.count_articles(seed.new, seed.updated, BY_FILE)
                    yield seed
    add_tally(tools.engine, tools.tally)


def _ingest_bunch(run: _Run, bunch: Sequence[Opened]) -> Iterator[SeedRead]:
    """Ingest files that were opened; whatever is wrong with one becomes its error, so that the others are read."""
    opened = [file for file in bunch if isinstance(file, OpenedFile)]
    with reading(run.tools.engine) as connection:
        known = find_seed_states(connection, [file.document.url for file in opened])
    parsed = [(file, _parse_or_explain(run, file, known) if isinstance(file, OpenedFile) else file) for file in bunch]
    together = store_together(
        run.tools, [read for _, read in parsed if isinstance(read, ParsedFile) and read.is_own_feed]
    )
    for file, read in parsed:
        if isinstance(read, ReadArchive):
            continue
        seed = _store(run, read, together)
        if isinstance(file, OpenedFile) and file.archive and seed.why_refused():
            (run.unsettled if isinstance(seed.error, PassingSeedError) else run.refused_in).add(file.archive)
        yield seed
    _remember_unread(run, bunch, known)


def _remember_unread(run: _Run, bunch: Sequence[Opened], known: Mapping[str, SeedState]) -> None:
    """Remember how files look that were opened and have not changed, and archives of which nothing is left to read."""
    looks = {}
    for file in bunch:
        if isinstance(file, OpenedFile) and (before := known.get(file.document.url)):
            look_hash = file.state.look_hash
            if look_hash and look_hash != before.look_hash and file.state.is_unchanged_from(before):
                looks[file.document.url] = look_hash
    archives = [file for file in bunch if isinstance(file, ReadArchive) and file.uri not in run.unsettled]

    def remember(connection: Connection) -> None:
        if looks:
            remember_looks(connection, looks)
        for archive in archives:
            is_whole = archive.is_whole and archive.uri not in run.refused_in
            state = archive.state if is_whole else in_part(archive.state)
            remember_seed_file(connection, archive.uri, state, None, read_clock(connection).now())

    if looks or archives:
        write(run.tools.engine, remember)


def _parse_or_explain(run: _Run, file: OpenedFile, known: Mapping[str, SeedState]) -> ParsedFile | SeedRead:
    def parse() -> ParsedFile | SeedRead:
        before = known.get(file.document.url)
        return SeedRead(str(file.path)) if file.state.is_unchanged_from(before) else _parse(run, file, before)

    return explain_faults(file.path, parse)


def _store(run: _Run, read: ParsedFile | SeedRead, together: Mapping[Path, SeedRead]) -> SeedRead:
    """Return what came of a file: stored with the others of its bunch, stored now, or not to be stored at all."""
    if isinstance(read, SeedRead):
        return read
    return together.get(read.opened.path) or _store_or_explain(run.tools, read)


def _store_or_explain(tools: Tools, file: ParsedFile) -> SeedRead:
    return explain_faults(file.opened.path, lambda: store_alone(tools, file))


def _parse(run: _Run, file: OpenedFile, before: SeedState | None) -> ParsedFile | SeedRead:
    tools, path, document = run.tools, file.path, file.document
    kind = sniff(document.body)
    if _is_list(kind, document.body):
        imported = add_feeds_of_seed(tools, path, document)
        return SeedRead(str(path), feeds=imported.added, unread=imported.unread)
    if kind in _NOT_SEEDS:
        raise SeedError(f"{path} was not read: {_why_no_seed(kind, document.body)}.")
    if kind in _TEXTS:
        parsed = read_text(with_encoding(document, file.settings), tools.parser.max_entries, as_is=run.options.as_is)
    else:
        parsed = tools.parser.parse(document)
    filled = fill_document(parsed, file.settings)
    if file.settings and is_wire(parsed):
        filled = replace(filled, title=file.settings.name)
    if held := _find_held(tools, path, filled):
        file = replace(file, state=file.state.without(held))
        if file.archive:
            run.unsettled.add(file.archive)
        if file.state.is_unchanged_from(before):
            return SeedRead(str(path))
    return ParsedFile(file, filled, is_known=before is not None)


def _why_no_seed(kind: Kind, body: bytes) -> str:
    signed = find_signature(body)
    return f"it is {signed}, neither text nor a feed" if signed else _NOT_SEEDS[kind]


def _is_list(kind: Kind, body: bytes) -> bool:
    """Say whether a file is a list of feeds, even where a program that made it has written a warning above it."""
    return kind is Kind.OPML or (kind in {Kind.TEXT, Kind.XML} and b"<opml" in body[:_HEAD].lower())


def _find_held(tools: Tools, path: Path, parsed: ParsedDocument) -> str:
    """Return which entries of a file are embargoed and until when; PassingSeedError when all are.

    Such a file is read at each scan, and stored again once one of them may be published.
    """
    if not any(entry.embargoed_until for entry in parsed.entries):
        return ""
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    if all(entry.is_embargoed(now) for entry in parsed.entries):
        raise PassingSeedError(f"{path} was not read: {hold_back(parsed, now).skipped[-1]}.")
    return " ".join(f"{at} {each.embargo_end}" for at, each in enumerate(parsed.entries) if each.is_embargoed(now))
