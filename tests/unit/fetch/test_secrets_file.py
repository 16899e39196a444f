"""The secrets file: only its owner's, written whole, read again when it has changed."""

import json
import os
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from worker.fetch.secrets_file import NO_SECRETS, FeedSecrets, SecretsFile, SecretsFileError

A, B = "https://a.example/feed", "https://b.example/feed"
BOB = FeedSecrets("p\u00e4ss \udcff", {"X-Api-Key": "k"}, "http://bob:pw@h:1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def test_what_is_written_is_read_and_is_its_owners_alone(path: Path) -> None:
    SecretsFile(path).change({A: BOB})
    assert SecretsFile(path).find(A) == BOB
    assert SecretsFile(path).find(B) == NO_SECRETS
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_change_by_another_process_is_seen(path: Path) -> None:
    ours = SecretsFile(path)
    ours.change({A: BOB})
    ours.find(A)
    SecretsFile(path).change({A: FeedSecrets("new")})
    assert ours.find(A) == FeedSecrets("new")


def test_what_is_forgotten_stands_nowhere(path: Path) -> None:
    SecretsFile(path).change({A: BOB, B: FeedSecrets("other")})
    SecretsFile(path).change({A: NO_SECRETS})
    assert json.loads(path.read_text()) == {B: {"password": "other"}}


def test_changes_at_one_time_lose_nothing(path: Path) -> None:
    urls = [f"https://{number}.example/" for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda url: SecretsFile(path).change({url: FeedSecrets(url)}), urls))
    assert {url: SecretsFile(path).find(url).password for url in urls} == {url: url for url in urls}


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file away")
def test_a_file_that_root_changes_stays_its_owners(path: Path) -> None:
    SecretsFile(path).change({A: BOB})
    os.chown(path, 1234, 1234)
    SecretsFile(path).change({B: BOB})
    assert (path.stat().st_uid, path.stat().st_mode & 0o777) == (1234, 0o600)


def test_a_file_that_its_owner_may_only_read_stays_so(path: Path) -> None:
    SecretsFile(path).change({A: BOB})
    path.chmod(0o400)
    SecretsFile(path).change({B: BOB})
    assert path.stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o602, 0o666])
def test_a_file_that_others_may_read_or_write_is_not_believed(path: Path, mode: int) -> None:
    SecretsFile(path).change({A: BOB})
    # Root's file may be its group's too; ours may not.
    mode |= 0o004 if os.getuid() == 0 else 0
    path.chmod(mode)
    for attempt in (lambda: SecretsFile(path).find(A), lambda: SecretsFile(path).change({A: NO_SECRETS})):
        with pytest.raises(SecretsFileError, match=f"others than its owner may read or write .*: chmod 600 {path}"):
            attempt()


def test_a_file_that_becomes_readable_by_others_is_not_believed_any_more(path: Path) -> None:
    file = SecretsFile(path)
    file.change({A: BOB})
    file.find(A)
    path.chmod(0o644)
    with pytest.raises(SecretsFileError, match="chmod 600"):
        file.find(A)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "s3cret",
        '["s3cret"]',
        '{"a": "s3cret"}',
        '{"a": {"s3cret": 1}}',
        '{"a": {"password": ["s3cret"]}}',
        '{"a": {"headers": ["s3cret"]}}',
        "[" * 100000,
    ],
)
def test_what_is_no_secrets_file_is_named_and_not_quoted(path: Path, content: str) -> None:
    path.touch(0o600)
    path.write_text(content)
    with pytest.raises(SecretsFileError) as raised:
        SecretsFile(path).find("a")
    assert str(raised.value) == f"the secrets file {path} is not such JSON as `feedmill set` writes"
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_a_link_that_leads_back_to_itself_is_said_in_a_sentence(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(SecretsFileError):
        SecretsFile(path).find(A)
    with pytest.raises(SecretsFileError):
        SecretsFile(path).change({A: BOB})


def test_a_change_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    path.touch(0o600)
    path.write_text("broken")
    with pytest.raises(SecretsFileError):
        SecretsFile(path).change({A: BOB})
    assert path.read_text() == "broken"


def test_a_file_that_is_not_there_is_made_by_a_change_only(path: Path) -> None:
    with pytest.raises(SecretsFileError, match=f"there is no secrets file {path}: `feedmill set` makes it"):
        SecretsFile(path).find(A)
    assert not path.exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SecretsFileError, match="the folder of the secrets file .* is not there: make it first"):
        SecretsFile(tmp_path / "no" / "secrets").change({A: BOB})


def test_without_a_file_a_setting_is_named() -> None:
    with pytest.raises(SecretsFileError, match="FEEDMILL_SECRETS_FILE names one"):
        SecretsFile(None).change({A: BOB})


def test_a_link_to_the_file_stays_a_link(path: Path) -> None:
    target = path.with_name("mounted")
    path.symlink_to(target)
    SecretsFile(path).change({A: BOB})
    assert path.is_symlink()
    assert SecretsFile(target).find(A) == BOB


def test_secrets_are_not_seen_where_they_are_shown() -> None:
    assert repr(FeedSecrets("s3cret", {"X": "s3cret"}, "s3cret")) == "FeedSecrets()"
