from datetime import timedelta
from pathlib import Path
from traceback import format_exception

import certifi
import pytest

from worker.errors import SettingsError
from worker.settings import Settings, read_feed_variables, read_settings
from worker.values.request_settings import Proxy


def test_the_defaults_need_no_server() -> None:
    chosen = read_settings()
    assert (chosen.database_url, chosen.broker_url) == ("sqlite:///feedmill.db", "memory://")


@pytest.mark.parametrize(
    ("name", "value", "field", "meant"),
    [
        ("POLL_INTERVAL", "2h", "poll_interval", timedelta(hours=2)),
        ("MAX_BODY", "500kB", "max_body", 500_000),
        ("ALLOW_HOSTS", "intranet:8080, 10.0.0.0/8", "allow_hosts", ("intranet:8080", "10.0.0.0/8")),
        ("DATABASE_URL", "postgres://u@h/d", "database_url", "postgresql+psycopg://u@h/d"),
        ("DATABASE_URL", "postgresql://u@h/d", "database_url", "postgresql+psycopg://u@h/d"),
        ("SEEDS_DIR", "/srv/seeds", "seeds_dir", Path("/srv/seeds")),
        ("SECRETS_FILE", "/run/secrets/feeds", "secrets_file", Path("/run/secrets/feeds")),
        ("SECRETS_FILE", "", "secrets_file", None),
        ("RETAIN_DOCUMENTS", "30d", "retain_documents", timedelta(days=30)),
        ("RETAIN_DOCUMENTS", "", "retain_documents", None),
        ("PROXY", "http://u:p@h:1", "proxy", Proxy("http", "h", 1, "u", "p")),
        ("PROXY", "", "proxy", None),
        ("HEARTBEAT_URL", "", "heartbeat_url", None),
        ("CA_BUNDLE", certifi.where(), "ca_bundle", Path(certifi.where())),
        ("CA_BUNDLE", " ", "ca_bundle", None),
        ("RETAIN_ARTICLES", "90d", "retain_articles", timedelta(days=90)),
        ("RETAIN_ARTICLES", "1d", "retain_articles", timedelta(days=1)),
        ("RETAIN_ARTICLES", "forever", "retain_articles", None),
        ("RETAIN_ARTICLES", "", "retain_articles", None),
    ],
)
def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, meant: object) -> None:
    monkeypatch.setenv(f"FEEDMILL_{name}", value)
    assert getattr(read_settings(), field) == meant


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("POLL_INTERVAL", "often", "write it as 90s, 15m, 6h, 2d or 1h30m"),
        ("MAX_BODY", "big", "write it as 500kB, 15MB"),
        ("ALLOW_HOSTS", "intranet", "neither host:port nor a network"),
        ("ALLOW_HOSTS", "10.0.0.0/99", "does not appear to be"),
        ("DATABASE_URL", "mysql://h/d", "must begin with sqlite:// or postgresql://"),
        ("BROKER_URL", "amqp://h", "must begin with redis://"),
        ("FETCH_TIMEOUT", "1h", "at most 2m"),
        ("RETAIN_DOCUMENTS", "0s", "it must be more than 0s, such as 30d; leave it empty to keep no documents"),
        ("RETAIN_DOCUMENTS", "ever", "write it as 90s, 15m, 6h, 2d or 1h30m"),
        ("BATCH_SIZE", "0", "a whole number from 1 to 1,000,000 (it was '0')"),
        ("BATCH_SIZE", "9" * 5000, "a whole number from 1 to 1,000,000"),
        ("TICK_TASKS", "many", "is wrong: it must be a whole number"),
        ("MAX_BODY", "15", "it must be at least 10 kB, such as 15MB (it was '15')"),
        ("USER_AGENT", " ", "tells publishers who asks"),
        ("USER_AGENT", "Feeds\r\nX-Forged: 1", "one line"),
        ("RETAIN_ARTICLES", "23h", "it must be at least 1d, such as 90d, or forever (it was '23h')"),
        ("RETAIN_ARTICLES", "never", "write it as 90s, 15m, 6h, 2d or 1h30m"),
        ("LOG_FORMAT", "xml", "'console' or 'json'"),
        ("PROXY", "socks5://h:1080", "a proxy is named as http://host:port, https://host:port or socks5h://host:port"),
        ("CA_BUNDLE", "/nonesuch", "it cannot be read: no such file or directory (it was '/nonesuch')"),
        ("CA_BUNDLE", __file__, "it holds no certificates of authorities in PEM"),
    ],
)
def test_a_bad_value_names_the_variable_and_what_is_accepted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"FEEDMILL_{name}", value)
    with pytest.raises(SettingsError, match=f"FEEDMILL_{name}") as raised:
        read_settings()
    assert told in str(raised.value)


@pytest.mark.parametrize("name", ["FEEDMILL_POL_INTERVAL", "feedmill_pol_interval"])
def test_a_misspelt_setting_is_refused_with_the_right_spelling(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1h")
    with pytest.raises(SettingsError, match="did you mean FEEDMILL_POLL_INTERVAL"):
        read_settings()


def test_intervals_out_of_order_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_POLL_INTERVAL_MIN", "2h")
    told = r"^FEEDMILL_POLL_INTERVAL_MIN \(2h\) is longer than FEEDMILL_POLL_INTERVAL \(1h, the default\)"
    with pytest.raises(SettingsError, match=told):
        read_settings()


def test_what_is_wrong_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_POLL_INTERVAL", "often")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert str(raised.value).count("'often'") == 1


def test_a_dotenv_file_in_another_encoding_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_bytes("FEEDMILL_USER_AGENT=café\n".encode("cp1252"))
    with pytest.raises(SettingsError, match="^`.env` cannot be read: it is not UTF-8 text"):
        read_settings()


def test_a_dotenv_file_is_read_and_may_hold_others_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("POSTGRES_PASSWORD=x\nFEEDMILL_HOST_GAP=5s\n")
    assert read_settings().host_gap == timedelta(seconds=5)


def test_a_misspelt_name_in_a_dotenv_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text("FEEDMILL_HOSTGAP=5s\n")
    with pytest.raises(SettingsError, match="did you mean FEEDMILL_HOST_GAP"):
        read_settings()


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().max_body = 1  # type: ignore[misc]  # the point of the test


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("WEBHOOK_SECRET", "hunter2", "at least 32 characters"),
        ("DATABASE_URL", "mysql://u:hunter2@h/db", "must begin with sqlite:// or postgresql://"),
        ("BROKER_URL", "amqp://u:hunter2@h", "must begin with redis://"),
        ("HEARTBEAT_URL", "ftp://h/hunter2", "must be a URL that begins with http:// or https://"),
        ("HEARTBEAT_URL", "https://u:hunter2@h/ping", "without a user name"),
        ("HEARTBEAT_URL", "https://[hunter2/ping", "must be a URL"),
        ("PROXY", "http://u:hunter2@h", "a proxy is named as http://host:port"),
    ],
)
def test_a_secret_that_is_refused_is_told_neither_in_the_sentence_nor_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(f"FEEDMILL_{name}", value)
    with pytest.raises(SettingsError, match=reason) as refused:
        read_settings()
    assert "hunter2" not in "".join(format_exception(refused.value))


def test_a_proxys_password_is_not_seen_where_settings_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_PROXY", "http://u:hunter2@h:1")
    assert "hunter2" not in repr(read_settings())


def test_variables_of_feeds_are_no_settings_and_may_stand_in_a_dotenv_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FEEDMILL_FEED_A", "1")
    Path(".env").write_text("FEEDMILL_FEED_A=2\nFEEDMILL_FEED_B=3\nOTHER=4\n")
    read_settings()
    assert read_feed_variables() == {"FEEDMILL_FEED_A": "1", "FEEDMILL_FEED_B": "3"}


def test_articles_are_kept_for_no_shorter_time_than_lies_between_two_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_RETAIN_ARTICLES", "2d")
    monkeypatch.setenv("FEEDMILL_POLL_INTERVAL_MAX", "3d")
    with pytest.raises(SettingsError, match=r"RETAIN_ARTICLES \(2d\) is shorter than FEEDMILL_POLL_INTERVAL_MAX"):
        read_settings()


SECRET = "s" * 32


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("news.example", "must begin with http:// or https://"),
        ("ftp://news.example", "must begin with http:// or https://"),
        ("https://", "and name a host"),
        ("https://news.example/?a", "a host and perhaps a path"),
        ("https://ann@news.example", "a host and perhaps a path"),
        ("https://news.example/a b", "a host and perhaps a path"),
        ("https://né.example", "a host and perhaps a path"),
        ("https://news.example:0", "a host and perhaps a path"),
        ("https://news.example:99999", "Port out of range"),
    ],
)
def test_a_public_url_is_a_host_and_perhaps_a_path(url: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        read_settings(public_url=url, websub_secret=SECRET)


def test_a_public_url_is_kept_without_its_last_slash_and_an_empty_one_is_none() -> None:
    assert read_settings(public_url="https://news.example/push/", websub_secret=SECRET).public_url == (
        "https://news.example/push"
    )
    assert read_settings(public_url="").public_url is None


def test_a_public_url_needs_a_secret() -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(public_url="https://news.example")
    assert str(raised.value) == ("FEEDMILL_PUBLIC_URL needs FEEDMILL_WEBSUB_SECRET too: openssl rand -hex 32 makes one")
