"""What a newsroom sends in one format is killed, corrected and updated by what it sends in another."""

from pathlib import Path

import pytest

from tests.seeds import place
from tests.storing import articles
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

ANPA = (
    "\x16\x16\x01W1645\x1fasian\nu i\x13\x11 BC-EU--Harbour-Bridge     07-10 0052\n\x02^BC-EU--Harbour-Bridge,52<\n"
    "^Harbour bridge reopens after two years<\n\t   OSLO (AP) _ The harbour bridge reopened on Friday.\n\n"
    "\x03AP-WF-07-10-26 0900GMT<\n\x04\n"
)
DISPATCH = (
    "date 2026-07-10\n\nHarbour bridge reopens after two years\n\n"
    "OSLO, July 10 (AP) - The harbour bridge reopened on Friday.\n\n"
    "It had been shut for two years.\n"
)
NEWSML_KILL = (
    '<NewsML Version="1.2"><NewsItem xml:lang="en"><NewsManagement><FirstCreated>20260710T120000Z</FirstCreated>'
    '<Status FormalName="Usable"/><Instruction FormalName="Delete"/></NewsManagement><NewsComponent>'
    "<NewsLines>"  # codespell:ignore
    "<HeadLine>Kill: the bridge is shut</HeadLine><SlugLine>BC-EU--Harbour-Bridge</SlugLine>"
    "</NewsLines>"  # codespell:ignore
    '<AdministrativeMetadata><Provider><Party FormalName="The Associated Press"/></Provider></AdministrativeMetadata>'
    "<ContentItem><DataContent><p>Editors, kill the story about the bridge.</p></DataContent></ContentItem>"
    "</NewsComponent></NewsItem></NewsML>"
)
MAIL_CORRECTION = (
    "From: AP <copy@wire.example>\nSubject: CORRECTED-Harbour bridge reopens after two years\n"
    "Date: Fri, 10 Jul 2026 14:00:00 +0000\nMessage-ID: <2@wire.example>\n\n"
    "OSLO, July 10 (AP) - The harbour bridge reopened on Thursday.\n\nIt had been shut for two years.\n"
)
MAIL = MAIL_CORRECTION.replace("CORRECTED-", "").replace("14:00", "09:00")
NINJS_UPDATE = (
    '{"uri": "urn:ap:7", "versioncreated": "2026-07-10T15:00:00Z", "headline": "UPDATE 1-Harbour bridge reopens after '
    'two years", "source": "AP", "body_text": "The harbour bridge reopened on Friday, and cars queued."}'
)


@pytest.mark.parametrize(
    ("first", "notice", "kind"),
    [
        (("a.txt", ANPA), ("b.xml", NEWSML_KILL), "kill"),
        (("a.txt", DISPATCH), ("b.eml", MAIL_CORRECTION), "correction"),
        (("a.txt", DISPATCH), ("b.json", NINJS_UPDATE), "update"),
        (("a.eml", MAIL), ("b.json", NINJS_UPDATE), "update"),
    ],
)
@pytest.mark.parametrize("is_turned", [False, True], ids=["in order", "notice first"])
def test_a_notice_acts_on_what_came_in_another_format(
    tools: Tools, tmp_path: Path, first: tuple[str, str], notice: tuple[str, str], kind: str, is_turned: bool
) -> None:
    for name, text in sorted((first, notice), reverse=is_turned):
        place(tmp_path / name, text)
        assert [str(read.error) for read in ingest(tools, [tmp_path / name], 1_000_000) if read.error] == []
    told = {article.notice: article for article in articles(tools)}
    assert told.keys() == {None, kind}
    assert told[kind].acts_on == told[None].id
    assert told[None].killed_by == (told[kind].id if kind == "kill" else None)
