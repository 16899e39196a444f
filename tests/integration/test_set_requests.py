"""The commands that say how a feed is asked for: what they take, refuse and tell; no secret is ever shown."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Done, run_command
from tests.documents import item, rss
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher

pytestmark = pytest.mark.usefixtures("restored_logs")

SECRET = "hunter2"


Run = Callable[..., Done]


@pytest.fixture
def run(made_store: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, with lines on its standard input and settings in its environment."""
    monkeypatch.setenv("FEEDMILL_ALLOW_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FEEDMILL_HOST_GAP", "0s")

    def run(*arguments: str, typed: str = "", **environment: str) -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        with monkeypatch.context() as context:
            for name, value in environment.items():
                context.setenv(name, value)
            done = run_command(capsys, arguments)
        assert SECRET not in done.output + done.errors
        return done

    return run


@pytest.fixture
def url(publisher: Publisher, run: Run) -> str:
    """A feed for bob alone, or for whoever sends the key; it has been added."""

    def respond(request: Request) -> Answer:
        # User bob with that secret as the password.
        is_bob = request.headers.get("authorization") == "Basic Ym9iOmh1bnRlcjI="
        may_read = is_bob or request.headers.get("x-api-key") == SECRET
        return Answer(rss([item("one")])) if may_read else Answer(status=401)

    url = publisher.on("/feed", respond)
    assert run("add", "--as-is", url).code == 0
    return url


def test_a_password_from_standard_input_is_kept_and_shown_nowhere(run: Run, url: str) -> None:
    done = run("set", url, "--user", "bob", typed=f"{SECRET}\n")
    assert done.output == f"Set {url}: asked for as user bob; secrets are kept in feedmill.db.secrets\n"
    assert json.loads(Path("feedmill.db.secrets").read_text()) == {url: {"password": SECRET}}
    assert run("poll", "1").code == 0
    for command in (["feeds"], ["feeds", "--json"], ["polls", "1"], ["polls", "--json"], ["status"], ["export"]):
        assert run(*command).code == 0
    assert "asked for as user bob" in run("feeds").output
    assert json.loads(run("feeds", "--json").output)["request"] == {"given_for": url, "user": "bob"}


def test_a_password_in_a_variable_needs_no_file(run: Run, url: str) -> None:
    done = run("set", "1", "--user", "bob", "--password-env", "FEEDMILL_FEED_BOB")
    assert done.output == f"Set {url}: asked for as user bob; FEEDMILL_FEED_BOB is not set here: the workers need it\n"
    assert not Path("feedmill.db.secrets").exists()
    assert run("poll", "1").code == 1
    assert run("poll", "1", FEEDMILL_FEED_BOB=SECRET).code == 0
    Path(".env").write_text(f"FEEDMILL_FEED_BOB={SECRET}\n")
    assert run("poll", "1").code == 0


def test_a_headers_value_is_typed_asked_for_or_in_a_variable(run: Run, url: str) -> None:
    assert run("set", "1", "--header", f"X-Api-Key: {SECRET}").code == 0
    assert run("poll", "1").code == 0
    assert run("set", "1", "--no-header", "x-api-key").output == f"Set {url}: asked for as usual\n"
    assert run("poll", "1").code == 1
    assert run("set", "1", "--header", "X-Api-Key", typed=f"{SECRET}\n").code == 0
    assert run("poll", "1").code == 0
    assert run("set", "1", "--header-env", "X-Api-Key: FEEDMILL_FEED_KEY", FEEDMILL_FEED_KEY=SECRET).code == 0
    assert json.loads(Path("feedmill.db.secrets").read_text()) == {}
    assert run("poll", "1", FEEDMILL_FEED_KEY=SECRET).code == 0


def test_several_secrets_are_typed_in_one_order(run: Run, url: str) -> None:
    proxy = "http://eve@127.0.0.1:1"
    done = run("set", "1", "--proxy", proxy, "--header", "Cookie", "--user", "bob", typed="1\n2\n3\n")
    assert done.code == 0
    kept = json.loads(Path("feedmill.db.secrets").read_text())[url]
    assert kept == {"password": "1", "headers": {"Cookie": "2"}, "proxy": "http://eve:3@127.0.0.1:1"}


def test_what_is_removed_takes_its_secrets_along(run: Run, url: str) -> None:
    run("set", "1", "--user", "bob", typed=f"{SECRET}\n")
    assert run("remove", "1").code == 0
    assert json.loads(Path("feedmill.db.secrets").read_text()) == {}
    assert run("add", "--as-is", url).code == 0
    assert json.loads(run("feeds", "--json").output)["request"] is None


def test_a_poll_with_a_password_says_how_it_is_kept_and_keeps_it_if_asked(run: Run, url: str) -> None:
    done = run("poll", "--user", "bob", "--json", url, FEEDMILL_PASSWORD=SECRET)
    said = f"The password was sent to {url} this once: `feedmill set 1 --user bob`, or --keep, keeps it.\n"
    assert (done.code, done.errors, json.loads(done.output)["outcome"]) == (0, said, "new")
    assert run("poll", url).code == 1
    done = run("poll", "--user", "bob", "--keep", "--json", url, FEEDMILL_PASSWORD=SECRET)
    assert (done.code, json.loads(done.output)["outcome"]) == (0, "unchanged")
    assert run("poll", url).code == 0
    assert run("poll", "--user", "bob", url, FEEDMILL_PASSWORD=SECRET).errors == ""


def test_a_password_that_opens_nothing_is_not_kept(run: Run, url: str) -> None:
    done = run("poll", "--user", "bob", "--keep", url, FEEDMILL_PASSWORD="wrong")
    assert done.code == 1
    assert "it rejects what `feedmill set --user bob` or --header gave" in done.output
    assert not Path("feedmill.db.secrets").exists()


def test_a_page_that_wants_a_password_is_added_by_a_poll_with_one(run: Run, url: str) -> None:
    run("remove", "1", "--articles")
    done = run("add", url)
    assert done.code == 1
    way_in = f"`feedmill poll --user NAME --keep {url}` adds it with its password, `feedmill add --as-is` without"
    assert done.errors.endswith(f" {way_in}.\n")
    assert run("poll", "--user", "bob", "--keep", url, FEEDMILL_PASSWORD=SECRET).code == 0
    assert run("poll", "2").code == 0


def test_a_certificate_goes_unchecked_only_where_that_is_meant_and_is_told(run: Run, url: str) -> None:
    refused = run("set", "1", "--insecure")
    assert (refused.code, refused.errors[:34]) == (2, "feedmill: --insecure needs --yes. ")
    assert run("set", "1", "--insecure", "--yes").code == 0
    assert "CERTIFICATES NOT CHECKED (--insecure)" in run("feeds").output
    assert "CERTIFICATES NOT CHECKED (--insecure)" in run("polls", "1").output
    assert "Certificates      not checked for 1 feed" in run("status").output
    assert run("set", "1", "--secure").output == f"Set {url}: asked for as usual\n"


def test_http_2_is_offered_where_that_is_set_and_until_it_ends(run: Run, url: str) -> None:
    assert run("set", "1", "--http2").output == f"Set {url}: over HTTP/2 where it is spoken\n"
    assert "over HTTP/2 where it is spoken" in run("feeds").output
    assert run("set", "1", "--no-http2").output == f"Set {url}: asked for as usual\n"


def test_a_feed_at_another_origin_is_given_its_password_again(run: Run, url: str, publisher: Publisher) -> None:
    run("set", "1", "--user", "bob", typed=f"{SECRET}\n")
    new = publisher.url("/feed", "localhost")
    done = run("set", "1", "--url", new)
    given = (
        f"what was given for {publisher.url('').rstrip('/')} is not sent there: give it again with --user or --header"
    )
    assert done.output == f"Set {new}: moved from {url}; {given}\n"
    assert run("poll", "1").code == 1
    done = run("set", "1", "--url", url, "--user", "bob", typed=f"{SECRET}\n")
    assert done.output.startswith(f"Set {url}: moved from {new}; asked for as user bob; ")
    assert run("poll", "1").code == 0


def test_two_feeds_that_become_one_leave_no_secret_of_the_other(run: Run, url: str, publisher: Publisher) -> None:
    run("set", "1", "--user", "bob", typed=f"{SECRET}\n")
    other = publisher.serve("/other", rss([item("two")]))
    run("add", "--as-is", other)
    assert run("set", "1", "--url", other).code == 1
    done = run("set", "1", "--url", other, "--merge")
    assert done.output == f"Set {other}: the feeds 1 and 2 are one; it is asked for as 2 was\n"
    assert json.loads(Path("feedmill.db.secrets").read_text()) == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--user", "a:b"], "--user: a user's name is not empty, and holds no colon and no control character."),
        (["--user", "bob"], "Standard input has no password; FEEDMILL_PASSWORD may hold it too."),
        (["--user", "bob", "--no-user"], "--user and --no-user contradict each other."),
        (["--password-env", "FEEDMILL_FEED_X"], "--password-env goes with --user."),
        (["--header", f"X: {SECRET}\r\nHost: b"], "--header: the value of X must be one line of at most "),
        (["--header", f"{SECRET}=x y"], "--header: a header's name is one word of ASCII letters, "),
        (["--header", "host: b"], "--header: host cannot be set: it follows from the URL."),
        (["--header", "A: 1", "--no-header", "a"], "a is set more than once: the options contradict each other."),
        (["--header", "Authorization: x", "--user", "b"], "authorization is set more than once: "),
        ([f"--proxy=http://bob:{SECRET}@h:1"], "--proxy: a password on a command line can be read by others; "),
        (["--proxy", "h:1"], "--proxy: a proxy is named as http://host:port, "),
        (["--proxy-password-env", "FEEDMILL_FEED_X"], "--proxy-password-env goes with a --proxy that names its user."),
        (["--user-agent", "a\nb"], "--user-agent: it must be one line of ASCII that tells publishers who asks."),
        (["--merge"], "--merge says what becomes of a feed that has the --url already: name both."),
        (["2", "--url", "http://h/"], "--url is for one feed at a time."),
        (["2", "--insecure", "--yes"], "--insecure is for one feed at a time."),
        (["--yes"], "set needs something to set: `feedmill set --help` lists it."),
        ([], "set needs something to set: `feedmill set --help` lists it."),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_one_sentence(run: Run, url: str, arguments: list[str], said: str) -> None:
    done = run("set", "1", *arguments)
    assert (done.code, done.output, len(done.errors.splitlines())) == (2, "", 1)
    assert done.errors.startswith(f"feedmill: {said}")


@pytest.mark.parametrize("command", ["add", "add --as-is", "poll", "set --fresh", "polls", "import", "hosts", "remove"])
def test_a_password_in_a_url_is_refused_and_not_shown(run: Run, url: str, command: str) -> None:
    done = run(*command.split(), f"http://bob:{SECRET}@127.0.0.1:1/feed")
    assert done.code == 1
    assert done.errors.startswith("feedmill: ")


def test_a_secrets_file_that_others_may_read_stops_the_change_and_the_poll(run: Run, url: str) -> None:
    run("set", "1", "--user", "bob", typed=f"{SECRET}\n")
    Path("feedmill.db.secrets").chmod(0o644)
    for done in (run("set", "1", "--no-user"), run("remove", "1"), run("poll", "1")):
        assert done.code == 1
        assert "chmod 600 feedmill.db.secrets" in done.output + done.errors


def test_a_postgresql_store_wants_its_secrets_file_named(run: Run, postgres_url: str, tmp_path: Path) -> None:
    def on_postgres(*arguments: str, **environment: str) -> Done:
        return run(*arguments, FEEDMILL_DATABASE_URL=postgres_url, FEEDMILL_PASSWORD=SECRET, **environment)

    assert on_postgres("migrate").code == 0
    assert on_postgres("add", "--as-is", "http://h.example/feed").code == 0
    refused = on_postgres("set", "1", "--user", "bob")
    said = "there is no secrets file: FEEDMILL_SECRETS_FILE names one, or an environment variable holds the secret"
    assert (refused.code, refused.errors) == (1, f"feedmill: http://h.example/feed was not set: {said}.\n")
    assert on_postgres("set", "1", "--user", "bob", FEEDMILL_SECRETS_FILE=str(tmp_path / "s")).code == 0
    assert SECRET in (tmp_path / "s").read_text()


def test_the_proxy_of_the_settings_is_that_of_all_feeds_but_those_that_have_none(
    run: Run, url: str, publisher: Publisher
) -> None:
    run("set", "1", "--header", f"X-Api-Key: {SECRET}")
    down = f"http://bob:{SECRET}@127.0.0.1:1"
    done = run("poll", "1", FEEDMILL_PROXY=down)
    assert "the proxy 127.0.0.1:1 accepts no connection" in done.output
    assert run("set", "1", "--proxy", "none").code == 0
    assert run("poll", "1", FEEDMILL_PROXY=down).code == 0
    assert run("set", "1", "--proxy", "default").code == 0
    assert run("poll", "1", FEEDMILL_PROXY=down).code == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FEEDMILL_PROXY", f"http://bob:{SECRET}@h", "a proxy is named as http://host:port"),
        ("FEEDMILL_CA_BUNDLE", "/nonesuch", "it cannot be read: no such file or directory (it was '/nonesuch')"),
        ("FEEDMILL_CA_BUNDLE", "nothing.pem", "it holds no certificates of authorities in PEM"),
        ("FEEDMILL_SECRET_FILE", "x", "did you mean FEEDMILL_SECRETS_FILE?"),
    ],
)
def test_a_setting_of_requests_that_is_wrong_stops_the_command(run: Run, name: str, value: str, said: str) -> None:
    Path("nothing.pem").write_text("no certificate")
    done = run("feeds", **{name: value})
    assert done.code == 2
    assert done.errors.startswith(f"feedmill: {name} is")
    assert said in done.errors
