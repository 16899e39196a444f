"""Corrections, updates and kills across formats: in whatever form a dispatch and its notice came, they meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.newsrooms import ninjs
from tests.seeds import place
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.engine import reading
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest


@dataclass(frozen=True, slots=True)
class Sent:
    """What an agency sends at an hour of 10 July 2026: a first version, or a notice of it."""

    slug: str
    notice: str = ""
    hour: int = 10
    words: str = "The ferry sails. It was built in 1991."


# The spelling of the standards.
CANCELLED = "canceled"  # codespell:ignore
LINES = "NewsLines"  # codespell:ignore


# Each format names the agency in a way of its own.
def _dispatch(sent: Sent) -> bytes:
    head = {"": "", "update": " 1st lead", "correction": "", "kill": ""}[sent.notice]
    above = {"correction": "CORRECTED-", "kill": "KILL-"}.get(sent.notice, "")
    text = f"date 2026-07-10\n{sent.slug}{head}\n{above}Ferry sails\n\nOSLO, July 10 (AP) — {sent.words}"
    return text.encode()


def _nitf(sent: Sent) -> bytes:
    status = "killed" if sent.notice == "kill" else "usable"
    said = {"correction": '<correction info="Corrects year"/>', "update": '<ed-msg info="Adds quotes"/>'}
    return (
        f'<nitf><head><docdata management-status="{status}">{said.get(sent.notice, "")}'
        f'<doc-id id-string="nitf-{sent.slug}-{sent.notice}"/><date.issue norm="20260710T{sent.hour}0000Z"/>'
        f'<du-key key="{sent.slug}"/></docdata></head><body><body.head><hedline><hl1>Ferry sails</hl1></hedline>'
        f"<distributor>The Associated Press</distributor></body.head><body.content><p>{sent.words}</p></body.content>"
        "</body></nitf>"
    ).encode()


def _newsml_1(sent: Sent) -> bytes:
    status = CANCELLED.title() if sent.notice == "kill" else "Usable"
    order = {"correction": "Rectify", "update": "Update"}.get(sent.notice)
    management = f'<Instruction FormalName="{order}"/>' if order else ""
    return (
        "<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>skarholm.example</ProviderId><DateId>20260710"
        f"</DateId><NewsItemId>{sent.slug}-{sent.notice}</NewsItemId></NewsIdentifier></Identification><NewsManagement>"
        f"<FirstCreated>20260710T{sent.hour}0000Z</FirstCreated>"
        f'<Status FormalName="{status}"/>{management}</NewsManagement>'
        f"<NewsComponent><{LINES}><HeadLine>Ferry sails</HeadLine><SlugLine>{sent.slug}</SlugLine></{LINES}>"
        '<AdministrativeMetadata><Provider><Party FormalName="Associated Press"/></Provider></AdministrativeMetadata>'
        f"<ContentItem><DataContent><p>{sent.words}</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"
    ).encode()


def _newsml_g2(sent: Sent) -> bytes:
    signal = f'<signal qcode="sig:{sent.notice}"/>' if sent.notice in {"correction", "update"} else ""
    return (
        f'<newsItem guid="urn:x:{sent.slug}-{sent.notice}"><itemMeta><provider qcode="nprov:AP"/>'
        f"<firstCreated>2026-07-10T{sent.hour}:00:00Z</firstCreated>"
        f'<pubStatus qcode="stat:{CANCELLED if sent.notice == "kill" else "usable"}"/>{signal}</itemMeta>'
        f"<contentMeta><slugline>{sent.slug}</slugline><headline>Ferry sails</headline></contentMeta><contentSet>"
        f"<inlineXML><html><body><p>{sent.words}</p></body></html></inlineXML></contentSet></newsItem>"
    ).encode()


def _ninjs(sent: Sent) -> bytes:
    said = {"correction": {"ednote": "Corrects year"}, "update": {"ednote": "Adds quotes"}}
    killed = {"pubstatus": CANCELLED} if sent.notice == "kill" else {}
    moment = f"2026-07-10T{sent.hour}:00:00Z"
    return ninjs(
        uri=f"urn:n:{sent.slug}-{sent.notice}", headline="Ferry sails", slugline=sent.slug, source="A.P.",
        firstcreated=moment, versioncreated=moment, body_text=sent.words, **said.get(sent.notice, {}), **killed,
    )  # fmt: skip


FORMATS: Mapping[str, Callable[[Sent], bytes]] = {
    "dispatch": _dispatch,
    "nitf": _nitf,
    "newsml-1": _newsml_1,
    "newsml-g2": _newsml_g2,
    "ninjs": _ninjs,
}
NOTICES = ("update", "correction", "kill")


def _ingest(tools: Tools, folder: Path, documents: Mapping[str, bytes]) -> None:
    """Ingest documents under these names, in one reading of the folder."""
    for name, document in documents.items():
        place(folder / f"{folder.name}-{name}", document)
    reads = list(ingest(tools, [folder], 1_000_000))
    assert [read.error for read in reads if read.error] == []


def _rows(tools: Tools) -> list[Any]:
    with reading(tools.engine) as connection:
        return list(connection.execute(select(ArticleRow).order_by(ArticleRow.id)).all())


@pytest.mark.parametrize("is_late", [False, True], ids=["first", "late"])
@pytest.mark.parametrize("original", FORMATS)
def test_a_notice_in_any_format_finds_its_dispatch(
    tools: Tools, tmp_path: Path, original: str, *, is_late: bool
) -> None:
    slugs = {f"skarholm-ferry-{noticed}-{kind}": (noticed, kind) for noticed in FORMATS for kind in NOTICES}
    corrected = "The ferry sails. It was built in 1911."
    firsts = {slug: FORMATS[original](Sent(slug)) for slug in slugs}
    notices = {slug: FORMATS[noticed](Sent(slug, kind, 12, corrected)) for slug, (noticed, kind) in slugs.items()}
    for number, documents in enumerate([notices, firsts] if is_late else [firsts, notices]):
        _ingest(tools, tmp_path / str(number), documents)
    rows = _rows(tools)
    assert {row.agency for row in rows} == {"AP"}
    for slug, (_, kind) in slugs.items():
        first, second = sorted((row for row in rows if row.slug == slug), key=lambda row: row.notice is not None)
        assert (first.notice, second.notice, second.acts_on) == (None, kind, first.id), slug
        assert first.killed_by == (second.id if kind == "kill" else None), slug


def test_another_agencys_notice_under_the_slug_acts_on_nothing(tools: Tools, tmp_path: Path) -> None:
    slugs = {f"skarholm-ferry-{noticed}": noticed for noticed in FORMATS}
    _ingest(tools, tmp_path / "1", {slug: _nitf(Sent(slug)).replace(b"The Associated Press", b"AFP") for slug in slugs})
    _ingest(tools, tmp_path / "2", {slug: FORMATS[noticed](Sent(slug, "kill", 12)) for slug, noticed in slugs.items()})
    rows = _rows(tools)
    assert sorted(row.agency for row in rows) == ["AFP"] * len(slugs) + ["AP"] * len(slugs)
    assert {(row.acts_on, row.killed_by) for row in rows} == {(None, None)}


_BARE_KILLS = {
    "newsml-g2": ("<newsItem guid='1'><itemMeta><title>Ferry sails</title></itemMeta></newsItem>",
                  f"<newsItem guid='1'><itemMeta><pubStatus qcode='stat:{CANCELLED}'/></itemMeta></newsItem>"),
    "nitf": ("<nitf><head><title>Ferry sails</title><docdata><doc-id id-string='1'/></docdata></head></nitf>",
             "<nitf><head><docdata management-status='killed'><doc-id id-string='1'/></docdata></head></nitf>"),
}  # fmt: skip


@pytest.mark.parametrize(("first", "kill"), _BARE_KILLS.values(), ids=_BARE_KILLS)
def test_a_kill_without_a_text_withdraws_the_item_and_its_words_stay_in_a_revision(
    tools: Tools, tmp_path: Path, first: str, kill: str
) -> None:
    _ingest(tools, tmp_path / "1", {"item.xml": first.encode()})
    _ingest(tools, tmp_path / "2", {"item.xml": kill.encode()})
    (shown,) = _rows(tools)
    assert (shown.title, shown.notice, shown.killed_by) == ("Withdrawn by its publisher", "kill", shown.id)
    with reading(tools.engine) as connection:
        assert (
            connection.execute(select(RevisionRow.title).order_by(RevisionRow.number)).scalars().first()
            == "Ferry sails"
        )
