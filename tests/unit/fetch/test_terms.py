"""The terms of a request, from what the store, the environment and a command say."""

from pathlib import Path

import pytest

from worker.errors import ErrorClass, TransientError
from worker.fetch.request import locate
from worker.fetch.secrets_file import SecretsFile
from worker.fetch.terms import RequestTerms, Secrets, TermsFinder, basic_line
from worker.values.due_feeds import Credentials, FetchRequest
from worker.values.request_settings import UNREADABLE, HeaderSetting, Proxy, RequestSettings

URL = "https://news.example/feed"
USUAL = RequestTerms("Feedmill/test", Proxy("http", "usual.example", 80))
KEPT = RequestSettings(
    given_for="https://news.example/old",
    user="bob",
    password_variable="FEEDMILL_FEED_PASSWORD",
    headers=(HeaderSetting("X-Api-Key", "FEEDMILL_FEED_KEY"),),
)
VARIABLES = {"FEEDMILL_FEED_PASSWORD": "pw", "FEEDMILL_FEED_KEY": "s3cret", "FEEDMILL_FEED_SPLIT": "a\r\nHost: b"}
NO_FILE = "there is no secrets file: FEEDMILL_SECRETS_FILE names one, or an environment variable holds the secret"
BOB, EVE = "Authorization: Basic Ym9iOnB3", "Authorization: Basic ZXZlOng="


def terms_of(settings: RequestSettings | None, credentials: Credentials | None = None, url: str = URL) -> RequestTerms:
    finder = TermsFinder(USUAL, Secrets(SecretsFile(None), VARIABLES))
    return finder.find(FetchRequest(1, url, credentials=credentials, settings=settings), locate(url))


def failure_of(settings: RequestSettings) -> TransientError:
    with pytest.raises(TransientError) as raised:
        terms_of(settings)
    assert raised.value.error_class is ErrorClass.SETTINGS
    return raised.value


# The second is the example of RFC 7617, section 2.1.
@pytest.mark.parametrize(
    ("user", "password", "encoded"),
    [
        ("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("test", "123\u00a3", "dGVzdDoxMjPCow=="),
        # Bytes that were not UTF-8 go out as they are.
        ("a", "\udcff", "YTr/"),
    ],
)
def test_credentials_are_basic_and_utf8(user: str, password: str, encoded: str) -> None:
    assert basic_line(Credentials(user, password)) == f"Authorization: Basic {encoded}"


def test_secrets_belong_to_the_origin_for_which_they_were_given() -> None:
    terms = terms_of(KEPT, url="https://other.example/feed")
    assert (terms.origin, terms.secret_lines) == ("https://news.example", ("X-Api-Key: s3cret", BOB))


def test_http_2_is_offered_where_that_is_chosen() -> None:
    settings = (RequestSettings(offers_http2=True), RequestSettings(user_agent="Other/1"))
    assert [terms_of(each).offers_http2 for each in settings] == [True, False]


def test_what_is_not_chosen_is_as_usual() -> None:
    terms = terms_of(RequestSettings(user_agent="Other/1"))
    assert (terms.user_agent, terms.proxy, terms.is_insecure, terms.secret_lines) == ("Other/1", USUAL.proxy, False, ())


def test_a_feed_may_be_asked_without_the_usual_proxy() -> None:
    assert terms_of(RequestSettings(proxy="none")).proxy is None


def test_credentials_for_one_request_take_the_place_of_a_user_that_is_kept() -> None:
    terms = terms_of(KEPT, Credentials("eve", "x"))
    assert (terms.origin, terms.secret_lines, terms.user) == ("https://news.example", ("X-Api-Key: s3cret", EVE), "eve")


def test_credentials_for_one_request_take_no_kept_header_to_another_origin() -> None:
    terms = terms_of(KEPT, Credentials("eve", "x"), "https://other.example/")
    assert (terms.origin, terms.secret_lines) == ("https://other.example", (EVE,))


def test_credentials_for_one_request_take_the_place_of_an_authorization_that_is_kept() -> None:
    bearer = RequestSettings(given_for=URL, headers=(HeaderSetting("authorization", "FEEDMILL_FEED_KEY"),))
    assert terms_of(bearer).secret_lines == ("authorization: s3cret",)
    assert terms_of(bearer, Credentials("eve", "x")).secret_lines == (EVE,)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            RequestSettings(given_for=URL, user="bob", password_variable="FEEDMILL_FEED_GONE"),
            "the password of user bob is not known here: the environment variable FEEDMILL_FEED_GONE is not set",
        ),
        (
            RequestSettings(given_for=URL, headers=(HeaderSetting("X-Api-Key"),)),
            f"the value of X-Api-Key is not known here: {NO_FILE}",
        ),
        (
            RequestSettings(given_for=URL, headers=(HeaderSetting("X-Api-Key", "FEEDMILL_FEED_SPLIT"),)),
            "the value of X-Api-Key must be one line of at most 8,000 characters of ASCII",
        ),
        # Anybody may have written it to the store.
        (RequestSettings(user_agent="a\r\nHost: b"), "it must be one line of ASCII that tells publishers who asks"),
        (
            RequestSettings(given_for=URL, user="a:b", password_variable="FEEDMILL_FEED_PASSWORD"),
            "a user's name is not empty, and holds no colon and no control character",
        ),
        (
            RequestSettings(given_for=URL, headers=(HeaderSetting("Host", "FEEDMILL_FEED_KEY"),)),
            "Host cannot be set: it follows from the URL",
        ),
        (
            RequestSettings(proxy="ftp://h"),
            "a proxy is named as http://host:port, https://host:port or socks5h://host:port",
        ),
        (UNREADABLE, "the store's request settings of this feed cannot be read: `feedmill set` them anew"),
    ],
)
def test_a_request_that_cannot_be_made_as_it_is_wanted_is_not_made(settings: RequestSettings, said: str) -> None:
    assert failure_of(settings).sentence == said


def test_a_secrets_file_without_the_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "secrets").touch(0o600)
    (tmp_path / "secrets").write_text("{}")
    finder = TermsFinder(USUAL, Secrets(SecretsFile(tmp_path / "secrets")))
    settings = RequestSettings(given_for=URL, user="bob")
    with pytest.raises(TransientError, match="none for https://news.example/feed") as raised:
        finder.find(FetchRequest(1, URL, settings=settings), locate(URL))
    assert str(tmp_path / "secrets") in raised.value.sentence


def test_no_secret_is_seen_where_terms_are_shown() -> None:
    assert "s3cret" not in repr(terms_of(KEPT))
    assert "s3cret" not in repr(Secrets(SecretsFile(None), VARIABLES))
