"""A mailbox, from the setting to the article."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mailboxes import message
from tests.servers.commands import Program
from tests.servers.mail_server import PASSWORD, MailServer
from tests.waiting import wait_for

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Program]


@pytest.fixture
def url(environment: dict[str, str], mail_server: MailServer, folder: str, certificate: Path) -> str:
    """The mailbox that the settings name."""
    url = mail_server.url(folder)
    environment |= {
        "FEEDMILL_MAILBOX": url,
        "FEEDMILL_MAILBOX_PASSWORD": PASSWORD,
        "FEEDMILL_MAILBOX_INTERVAL": "10s",
        "FEEDMILL_CA_BUNDLE": str(certificate),
    }
    return url


def _titles(feedmill: Feedmill) -> list[str]:
    listed = feedmill("articles", "--json").stdout
    return [json.loads(line)["title"] for line in listed.splitlines()]


def test_a_process_of_its_own_polls_the_mailbox_again_and_again(
    url: str, feedmill: Feedmill, start: Start, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(message(1), folder=folder)
    start("worker", "run")
    wait_for(lambda: mail_server.flags(folder) == [{"$FeedmillRead"}], "the message is marked")
    mail_server.deliver(message(2), folder=folder)
    wait_for(lambda: mail_server.flags(folder) == [{"$FeedmillRead"}] * 2, "both messages are marked")
    assert _titles(feedmill) == ["Rain 1", "Rain 2"]
    (listed,) = (json.loads(line) for line in feedmill("feeds", "--json").stdout.splitlines())
    assert (listed["url"], listed["state"]) == (url, "active")


def test_commands_poll_a_mailbox_and_say_how_it_does(
    url: str, feedmill: Feedmill, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(message(1), folder=folder)
    once = feedmill("run", "--once")
    assert (once.returncode, once.stderr) == (0, "")
    assert "Polls: 1 new; 1 new article, 0 updated." in once.stdout
    mail_server.deliver(message(2), folder=folder)
    polled = feedmill("poll", url, "--json")
    assert (polled.returncode, json.loads(polled.stdout)["new"]) == (0, 1)
    assert "every 10s, as its operator chose" in feedmill("polls", url).stdout
    assert "Rain 2" in feedmill("articles", url).stdout
    for command in ("feeds", "hosts", "status", "polls"):
        assert feedmill(command).returncode == 0
    assert url not in feedmill("export").stdout
    refused = feedmill("add", "imaps://other@b.example/INBOX")
    assert refused.returncode == 1
    assert "the mailboxes that are polled are those that FEEDMILL_MAILBOX names" in refused.stderr


def test_a_poll_that_is_left_to_the_workers_is_made(
    url: str, feedmill: Feedmill, start: Start, mail_server: MailServer, folder: str
) -> None:
    assert feedmill("run", "--once").returncode == 0
    mail_server.deliver(message(1), folder=folder)
    assert feedmill("poll", url, "--queue").returncode == 0
    start("worker", "run")
    wait_for(lambda: mail_server.flags(folder) == [{"$FeedmillRead"}], "the message is marked")


def test_a_password_in_the_setting_is_told_to_nobody(url: str, environment: dict[str, str], feedmill: Feedmill) -> None:
    environment["FEEDMILL_MAILBOX"] = url.replace("@localhost", ":very-secret@localhost") + "?x"
    refused = feedmill("feeds")
    assert refused.returncode == 2
    assert "very-secret" not in refused.stdout + refused.stderr
    environment["FEEDMILL_MAILBOX"] = url.replace("@localhost", ":very-secret@localhost")
    said = [feedmill("run", "--once"), feedmill("feeds", "--json"), feedmill("polls", "--json")]
    assert not any("very-secret" in each.stdout + each.stderr for each in said)
    assert "the server refused the login of desk@paper.example" in said[2].stdout
