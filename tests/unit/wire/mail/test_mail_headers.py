import pytest

from worker.wire.mail.mail_headers import (
    decode_words,
    first_field,
    read_message_id,
    read_sender,
    read_sent_at,
    read_subject,
)


@pytest.mark.parametrize(
    ("written", "decoded"),
    [
        ("Rain", "Rain"),
        ("=?utf-8?q?Br=C3=BCcke?= closes", "Brücke closes"),
        ("=?UTF-8?B?4pyT?=\n =?UTF-8?B?IG9r?=", "✓ ok"),
        # A character that is broken in two between words.
        ("=?utf-8?b?w6XD?= =?utf-8?b?pQ==?=", "åå"),
        ("=?iso-8859-1*nb?q?=E5?=", "å"),
        ("=?gb2312?b?1tC5+g==?=", "中国"),
        ("=?koi8-r?b?8M7E?=", "Пнд"),
        ("=?no-such-charset?q?=C5s?=", "Ås"),
        ("=?utf-8?b?a?= and more", "=?utf-8?b?a?= and more"),
        ("50 =?percent", "50 =?percent"),
    ],
)
def test_encoded_words_are_decoded(written: str, decoded: str) -> None:
    assert decode_words(written) == decoded


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Re: Rain", "Rain"),
        ("RE: FW: Rain", "Rain"),
        ("Aw: WG: Regen", "Regen"),
        ("Re[2]: Rain", "Rain"),
        ("回复：下雨", "下雨"),
        ("[EXTERNAL] Rain", "Rain"),
        ("MEDIA RELEASE: Rain", "Rain"),
        ("Communiqué : pluie", "pluie"),
        ("Press release on rain", "Press release on rain"),
        ("[Pressmeddelande] Bron", "Bron"),
        ("Reuters: Rain", "Reuters: Rain"),
        ("VS: Sky against Sea", "VS: Sky against Sea"),
        ("[Updated] Rain", "[Updated] Rain"),
        ("Re:", ""),
    ],
)
def test_what_marks_an_answer_is_no_part_of_a_subject(written: str, shown: str) -> None:
    assert read_subject({"subject": (written,)}) == shown


def test_marks_of_other_languages_are_believed_in_answers_only() -> None:
    assert read_subject({"subject": ("SV: Regn",), "in-reply-to": ("<1@b>",)}) == "Regn"


def test_the_tag_of_a_list_is_no_part_of_a_subject() -> None:
    assert read_subject({"subject": ("Re: [coast] Rain",), "list-id": ("<coast.list.example>",)}) == "Rain"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jane Holt <jane@b.example>", "Jane Holt"),
        ('"Jane Holt" <jane@b.example>', "Jane Holt"),
        ('"Holt, Jane" <jane.holt@b.example>', "Jane Holt"),
        ("=?utf-8?q?Holt=2C_Jane?= <jane.holt@b.example>", "Jane Holt"),
        ('"Gazette, Sports" <copy@b.example>', "Gazette, Sports"),
        ("jane@b.example (Jane Holt)", "Jane Holt"),
        ('"Holt, Jane (Communications)" <Jane.Holt@b.example>', "Jane Holt"),
        ("jane@b.example", ""),
        ("'jane@b.example' <jane@b.example>", ""),
        ("Jane Holt <jane@b.example>, John Roe <john@b.example>", "Jane Holt"),
        ("<<<>>>", ""),
        ("", ""),
    ],
)
def test_a_sender_is_called_as_the_program_shows_it(written: str, name: str) -> None:
    assert read_sender({"from": (written,)}) == name


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Fri, 10 Jul 2026 11:00:00 +0200", "2026-07-10T11:00:00+02:00"),
        ("Fri, 10 Jul 2026 11:00:00 +0200 (CEST)", "2026-07-10T11:00:00+02:00"),
        ("10 Jul 26 11:00 GMT", "2026-07-10T11:00:00+00:00"),
        ("2026-07-10 11:00", "2026-07-10 11:00"),
    ],
)
def test_a_date_is_read_with_its_zone(written: str, moment: str) -> None:
    assert read_sent_at({"date": (written,)}) == moment


def test_without_a_date_the_last_server_says_when_it_came() -> None:
    trace = ("from a by b; Fri, 10 Jul 2026 11:00:09 +0000", "from c by a; Fri, 10 Jul 2026 10:59:00 +0000")
    assert read_sent_at({"received": trace}) == "2026-07-10T11:00:09+00:00"


def test_a_message_is_known_by_its_name_without_brackets() -> None:
    assert read_message_id({"message-id": (" <1@b.example> ",)}) == "1@b.example"
    assert read_message_id({"message-id": ("<>",)}) is None
    assert first_field({}, "subject") == ""
