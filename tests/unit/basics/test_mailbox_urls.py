import pytest

from worker.basics.mailbox_urls import is_mailbox_url, read_mailboxes
from worker.values.mail_intake import Mailbox


def test_a_mailbox_is_read_from_its_url() -> None:
    (mailbox,) = read_mailboxes("imaps://desk%40paper.example:p%20w@mail.example/Wires/North")
    assert mailbox == Mailbox(
        url="imaps://desk%40paper.example@mail.example/Wires/North",
        host="mail.example",
        port=993,
        user="desk@paper.example",
        folder="Wires/North",
        is_encrypted=True,
        password="p w",
    )
    assert "p w" not in repr(mailbox)


@pytest.mark.parametrize(
    ("written", "url", "port"),
    [
        ("imaps://desk@MAIL.example", "imaps://desk@mail.example/INBOX", 993),
        ("imaps://desk@mail.example:993/", "imaps://desk@mail.example/INBOX", 993),
        ("imap://desk@[::1]:1143/INBOX", "imap://desk@[::1]:1143/INBOX", 1143),
        ("imap://desk@mail.example/Dr%C3%BCben", "imap://desk@mail.example/Dr%C3%BCben", 143),
    ],
)
def test_what_a_url_leaves_out_is_usual(written: str, url: str, port: int) -> None:
    (mailbox,) = read_mailboxes(written)
    assert (mailbox.url, mailbox.port) == (url, port)
    assert is_mailbox_url(mailbox.url)
    assert read_mailboxes(mailbox.url) == (mailbox,)


def test_several_mailboxes_are_parted_by_blanks() -> None:
    assert [each.user for each in read_mailboxes(" imaps://a@b.example  imaps://c@b.example\n")] == ["a", "c"]
    assert read_mailboxes("") == ()


@pytest.mark.parametrize(
    "text",
    [
        *("mail.example", "https://desk@mail.example/", "imaps://mail.example/INBOX", "imaps://desk@/INBOX"),
        *("imaps://desk@mail.example:99999/", "imaps://desk@mail.example/INBOX?x", "imaps://desk%0a@mail.example/"),
        *("imaps://desk@mail.example/IN%0DBOX", "imaps://[::1/INBOX"),
    ],
)
def test_what_is_no_mailbox_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="a mailbox is named as imaps://user@host/INBOX"):
        read_mailboxes(text)


def test_a_mailbox_is_named_once() -> None:
    with pytest.raises(ValueError, match="it names a mailbox twice"):
        read_mailboxes("imaps://a@b.example imaps://a:x@b.example/INBOX")
