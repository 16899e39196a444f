"""Polling a mailbox of the tests' mail server, as the settings name it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select, update

from tests.servers.mail_server import PASSWORD
from worker.basics.mailbox_urls import read_mailboxes
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.pipeline.mailbox_polls import poll_due_mailboxes
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings
from worker.values.outcomes import PollRecord


def with_mailbox(tools: Tools, url: str, certificate: Path, password: str | None = PASSWORD, **chosen: Any) -> Tools:
    """Return tools that read this mailbox."""
    secret = SecretStr(password) if password else None
    usual = {"fetch_timeout": timedelta(seconds=20), "mailbox_interval": timedelta(minutes=2)}
    asked = Settings(**{**usual, **chosen}, mailbox=read_mailboxes(url), mailbox_password=secret, ca_bundle=certificate)
    made = make_tools(asked, tools.engine)
    made.close()
    return replace(tools, mail=made.mail)


def poll(tools: Tools) -> list[PollRecord]:
    """Poll the mailboxes, due or not."""
    with writing(tools.engine) as connection:
        due = ScheduleRow.next_poll_at.is_not(None)
        connection.execute(update(ScheduleRow).where(due).values(next_poll_at=ScheduleRow.last_attempt_at))
    return list(poll_due_mailboxes(tools, lambda: False))


def titles(tools: Tools) -> list[str]:
    """Return the titles of all articles, the first stored first."""
    with reading(tools.engine) as connection:
        return list(connection.execute(select(ArticleRow.title).order_by(ArticleRow.id)).scalars())


def ledger(tools: Tools) -> Sequence[Any]:
    """Return the ledger's rows, the first first."""
    with reading(tools.engine) as connection:
        return connection.execute(select(PollRow).order_by(PollRow.id)).all()


def message(number: int, words: str = "It rains.", header: str = "") -> bytes:
    """Return a message of which the number is the name."""
    return (
        f"From: Jane Holt <jane@b.example>\nTo: desk@paper.example\nSubject: Rain {number}\n"
        f"Date: Fri, 10 Jul 2026 10:00:{number % 60:02} +0000\nMessage-ID: <{number}@b.example>\n{header}\n{words}\n"
    ).encode()
