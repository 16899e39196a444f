"""One message becomes an entry, and each newsroom document that goes with it another."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import xxhash

from worker.basics.charset import decode, sniff_encoding
from worker.basics.field_rules import split_keywords
from worker.basics.file_signatures import find_signature
from worker.basics.json_values import load_json
from worker.basics.text import spell_bare
from worker.dates.reading import find_moment
from worker.errors import PermanentError, PollError
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument
from worker.wire.agencies import is_agency
from worker.wire.bylines import reads_like_a_name
from worker.wire.dispatch import parse_dispatch
from worker.wire.dispatch_lines import understand_line
from worker.wire.mail.forwarded import open_forwarded
from worker.wire.mail.mail_form import read_form
from worker.wire.mail.mail_headers import (
    Fields,
    decode_words,
    first_field,
    is_automatic,
    read_message_id,
    read_sender,
    read_sent_at,
    read_subject,
)
from worker.wire.mail.mail_parts import Attached, MailParts, MailText
from worker.wire.mail.mail_text import cut_signature
from worker.wire.mail.mail_words import DESKS
from worker.wire.newsroom.newsml import read_newsroom_xml
from worker.wire.newsroom.newsroom_entry import Skipped
from worker.wire.newsroom.ninjs import is_ninjs, read_ninjs
from worker.wire.notice_lines import read_headline, weightiest_notice

ReadText = Callable[[Document, int], ParsedDocument]
"""Reads a text of any form, as ``worker.wire.text_documents.read_text`` does."""

_MOST_ATTACHED = 100
_HEADER = ("from", "date", "subject", "message-id")
# A shorter text beside newsroom documents only says that they are there.
_LONGEST_COVERING = 400
_NEWSROOM_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:nitf|newsml|newsitem|newsmessage)[\s>]", re.IGNORECASE)
_HEAD = 4_096
_GREETING = (",", ":", ";", "!")
# Between a person and an agency: Jane Holt, Reuters; Jane Holt (AP).
_BESIDE_NAME = re.compile(r"\s*[,/|(]\s*|\s+[–—-]\s+")
_SLUG = re.compile(r"(?=\S*(?:-|[A-Z]{3}))[!-~]+")
_TEXT_TYPES = frozenset({"text/plain", "application/octet-stream", "text/anpa", "text/vnd.iptc.anpa"})


def read_parts(parts: MailParts, max_entries: int, read_text: ReadText) -> Iterator[Entry | Skipped]:
    """Yield the entries of a message, or why it is none."""
    if is_automatic(parts.fields):
        yield Skipped("it is an automatic answer or a report of delivery")
        return
    if not any(parts.fields.get(name) for name in _HEADER):
        yield Skipped("it has no header of a message")
        return
    guid = _name_message(parts)
    documents: list[Entry | Skipped] = []
    for number, attached in enumerate(parts.attached[:_MOST_ATTACHED], start=1):
        if attached.inner:
            documents += read_parts(attached.inner, max_entries, read_text)
        else:
            read = _read_attached(attached, parts, max_entries, read_text)
            documents += _named(read, f"{guid}/{number}")
    entry = _read_words(parts, guid)
    entries = [each for each in documents if isinstance(each, Entry)]
    if entry is None and not entries:
        yield Skipped("there is no text in it")
    elif entry and not (entries and _is_covering(entry)):
        yield entry
    yield from documents


def _name_message(parts: MailParts) -> str:
    """Return a message's own name, else one made of what nobody sends twice: sender, date, subject and words."""
    if name := read_message_id(parts.fields):
        return name
    fields = (first_field(parts.fields, name) for name in ("from", "date", "subject"))
    words = parts.shown.text if parts.shown else ""
    return f"mail:{xxhash.xxh3_128_hexdigest(chr(0).join((*fields, words)).encode(errors='replace'))}"


def _named(read: Sequence[Entry | Skipped], name: str) -> Iterator[Entry | Skipped]:
    """Yield what was read of one document, with names for the entries that have none of their own."""
    for number, each in enumerate(read, start=1):
        if isinstance(each, Entry) and not each.item_id:
            yield replace(each, guid=f"{name}/{number}")
        else:
            yield each


def _is_covering(entry: Entry) -> bool:
    return not entry.agency and not entry.dateline_place and len(entry.content or "") <= _LONGEST_COVERING


def _read_words(parts: MailParts, guid: str) -> Entry | None:
    """Return the entry that a message's own words are; None where it has none."""
    parts, forwarded_with = open_forwarded(parts)
    if parts.shown is None:
        return None
    sent_at = read_sent_at(parts.fields)
    entry = _read_plain(parts, sent_at) or _read_shown(parts.shown, parts.fields)
    if not (entry.content or "").strip():
        return None
    headline = read_headline(entry.title or "")
    person, agency = _read_sender(parts.fields)
    return replace(
        entry,
        guid=guid,
        title=headline.text or None,
        has_plain_title=True,
        authors=entry.authors or ((person,) if person else ()),
        agency=entry.agency or agency,
        published=sent_at or entry.published,
        notice=weightiest_notice(entry.notice, headline.notice),
        notice_number=entry.notice_number or headline.number,
        urgency=entry.urgency or headline.urgency,
        note=" ".join(filter(None, (forwarded_with, entry.note))) or None,
        language=first_field(parts.fields, "content-language").partition(",")[0].strip() or entry.language,
        tags=tuple(dict.fromkeys((*entry.tags, *_keywords(parts.fields)))),
        link=_archived_at(parts.fields),
        embargoed_until=entry.embargoed_until or _find_embargo(parts.shown),
    )


def _find_embargo(shown: MailText) -> datetime | None:
    """Return until when a message that is no dispatch is embargoed, as one of its first lines says."""
    heads = (understand_line(line) for line in shown.first_lines())
    return next((head.embargoed_until for head in heads if head and head.embargoed_until), None)


def _keywords(fields: Fields) -> Iterator[str]:
    for field in fields.get("keywords", ()):
        yield from split_keywords(decode_words(field))


def _archived_at(fields: Fields) -> str | None:
    """Return the page of the message in its list's archive (RFC 5064)."""
    link = first_field(fields, "archived-at").strip("<> ")
    return link if link.startswith(("http://", "https://")) else None


def _read_plain(parts: MailParts, sent_at: str | None) -> Entry | None:
    """Return the entry of a message whose plain text is a dispatch or a form's answers; None for any other."""
    if parts.plain is None:
        return None
    text = cut_signature(parts.plain.text)
    if form := read_form(text, sent_at):
        return form
    dispatch = _read_dispatch(text, sent_at)
    return _with_subject(dispatch, read_subject(parts.fields)) if dispatch else None


def _read_dispatch(text: str, sent_at: str | None) -> Entry | None:
    """Return the entry of a text that is surely a dispatch: a dateline, a slug and an agency, or an embargo."""
    moment = find_moment(sent_at)
    # The day that it was sent on gives a dateline its year.
    header = f"date {moment.date().isoformat()}\n" if moment else ""
    try:
        (entry,) = parse_dispatch(Document("", f"{header}{text}".encode(), "text/plain; charset=utf-8")).entries
    except PermanentError:
        return None
    is_dispatch = entry.dateline_place or entry.dateline_date or (entry.slug and entry.agency) or entry.embargoed_until
    return entry if is_dispatch else None


def _with_subject(dispatch: Entry, subject: str) -> Entry:
    """Return a dispatch with its own headline, or else with the message's subject; a greeting above it is text."""
    above = dispatch.title or ""
    if above.endswith(_GREETING):
        return replace(dispatch, title=subject, content=f"{above}\n\n{dispatch.content}")
    is_slug = _SLUG.fullmatch(subject) is not None
    slug = subject if is_slug and not dispatch.slug and spell_bare(subject) != spell_bare(above) else None
    title = above or (None if is_slug and dispatch.content else subject)
    return replace(dispatch, title=title, slug=dispatch.slug or slug)


def _read_shown(shown: MailText, fields: Fields) -> Entry:
    text = shown.text if shown.is_html else cut_signature(shown.text)
    return Entry(title=read_subject(fields), content=text, is_plain_text=not shown.is_html)


def _read_sender(fields: Fields) -> tuple[str | None, str | None]:
    """Return the person who sent a message, and the agency; a desk or a list is neither."""
    name = read_sender(fields)
    person, behind = (part.strip(" ()") for part in [*_BESIDE_NAME.split(name, maxsplit=1), ""][:2])
    if is_agency(name) or is_agency(person):
        return None, name if is_agency(name) else person
    agency = behind if is_agency(behind) else None
    words = person.split()
    is_desk = any(word.casefold().strip(".") in DESKS for word in words)
    return (person if reads_like_a_name(words) and not is_desk else None), agency


def _read_attached(
    attached: Attached, parts: MailParts, max_entries: int, read_text: ReadText
) -> Sequence[Entry | Skipped]:
    """Return the entries of a document that goes with a message; none where it is not a newsroom's."""
    try:
        entries = _parse_attached(attached, read_sent_at(parts.fields), max_entries, read_text)
    except PollError as error:
        return (Skipped(f"{attached.name or 'an attachment'}: {error.sentence}"),)
    return [entry if entry.published else replace(entry, published=read_sent_at(parts.fields)) for entry in entries]


def _parse_attached(attached: Attached, sent_at: str | None, max_entries: int, read_text: ReadText) -> Sequence[Entry]:
    if find_signature(attached.body):
        return ()
    document = Document("", attached.body, None)
    head = document.body[:_HEAD]
    if shown := sniff_encoding(head):
        head = head[shown[1] :].decode(shown[0], "replace").encode()
    head = head.lstrip()
    if head.startswith(b"<"):
        return read_newsroom_xml(document, max_entries).entries if _NEWSROOM_ROOT.search(head) else ()
    if head.startswith((b"{", b"[")):
        value = load_json(document)
        return read_ninjs(value, max_entries).entries if is_ninjs(value) else ()
    if attached.media_type not in _TEXT_TYPES or b"\x00" in head or not head:
        return ()
    parsed = read_text(document, max_entries)
    if parsed.format != "dispatch":
        return parsed.entries
    dispatch = _read_dispatch(decode(document.body, None), sent_at)
    return (replace(dispatch, published=sent_at),) if dispatch else ()
