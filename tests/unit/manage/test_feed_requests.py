"""What a change makes of a feed's request settings and secrets."""

from worker.basics.request_rules import read_proxy
from worker.fetch.secrets_file import NO_SECRETS, FeedSecrets
from worker.manage.feed_requests import RequestChange, change_settings, find_withheld
from worker.values.request_settings import NO_REQUEST_SETTINGS, HeaderSetting, RequestSettings

HERE, MOVED = "https://a.example/feed", "https://b.example/feed"
BOB = RequestSettings(given_for=HERE, user="bob", headers=(HeaderSetting("X-Api-Key"),))
KEPT = FeedSecrets("pw", {"X-Api-Key": "k"})


def changed(change: RequestChange, url: str = HERE, former: RequestSettings = BOB, kept: FeedSecrets = KEPT) -> tuple:
    chosen = change_settings(former, kept, url, change)
    return chosen.settings, chosen.secrets


def test_a_first_user_is_given_for_the_feeds_url() -> None:
    settings, secrets = changed(RequestChange(user="eve", password="x"), HERE, NO_REQUEST_SETTINGS, NO_SECRETS)
    assert (settings, secrets) == (RequestSettings(given_for=HERE, user="eve"), FeedSecrets("x"))


def test_what_is_not_changed_stays() -> None:
    settings, secrets = changed(RequestChange(user_agent="Other/1"))
    assert (settings.user, settings.headers, settings.user_agent, secrets) == ("bob", BOB.headers, "Other/1", KEPT)


def test_a_header_takes_the_place_of_one_whose_name_has_another_case() -> None:
    settings, secrets = changed(RequestChange(headers={"x-api-KEY": "new"}))
    assert (settings.headers, secrets.headers) == ((HeaderSetting("x-api-KEY"),), {"x-api-KEY": "new"})


def test_a_value_that_goes_to_a_variable_leaves_the_file() -> None:
    settings, secrets = changed(RequestChange(header_variables={"X-Api-Key": "FEEDMILL_FEED_KEY"}))
    assert (settings.headers, secrets.headers) == ((HeaderSetting("X-Api-Key", "FEEDMILL_FEED_KEY"),), {})


def test_a_header_and_a_user_that_are_dropped_leave_nothing() -> None:
    change = RequestChange(drops_user=True, dropped_headers=("x-api-key",))
    assert changed(change) == (NO_REQUEST_SETTINGS, NO_SECRETS)


def test_a_header_of_ones_own_and_a_user_do_not_both_say_who_asks() -> None:
    bearer = RequestChange(headers={"Authorization": "Bearer t"})
    settings, secrets = changed(bearer)
    assert (settings.user, secrets.password) == (None, None)
    settings, secrets = changed(RequestChange(user="eve", password="x"), HERE, settings, secrets)
    assert (settings.user, secrets.headers) == ("eve", {"X-Api-Key": "k"})


def test_what_is_given_at_another_origin_takes_nothing_along_that_was_given_before() -> None:
    chosen = change_settings(BOB, KEPT, MOVED, RequestChange(user="eve", password="x"))
    assert (chosen.settings, chosen.secrets) == (RequestSettings(given_for=MOVED, user="eve"), FeedSecrets("x"))
    assert chosen.left_behind == "https://a.example"


def test_what_is_given_at_another_path_of_an_origin_goes_with_the_rest() -> None:
    settings, secrets = changed(RequestChange(headers={"Cookie": "c"}), "https://a.example/new")
    assert (settings.given_for, settings.user, secrets.headers) == (HERE, "bob", {"X-Api-Key": "k", "Cookie": "c"})


def test_a_proxys_password_is_kept_with_its_proxy_and_out_of_the_settings() -> None:
    settings, secrets = changed(
        RequestChange(proxy=read_proxy("http://p:s3cret@h:1")), HERE, NO_REQUEST_SETTINGS, NO_SECRETS
    )
    assert settings == RequestSettings(given_for=HERE, proxy="http://p@h:1")
    assert secrets.proxy == "http://p:s3cret@h:1"


def test_a_feed_whose_proxy_is_the_usual_one_again_keeps_no_password() -> None:
    of_proxy = FeedSecrets(proxy="http://p:s3cret@h:1")
    settings = RequestSettings(given_for=HERE, proxy="http://p@h:1")
    assert changed(RequestChange(proxy=""), HERE, settings, of_proxy) == (NO_REQUEST_SETTINGS, NO_SECRETS)


def test_secrets_are_withheld_from_another_origin_only() -> None:
    assert find_withheld(BOB, "https://a.example/other") is None
    assert find_withheld(BOB, "http://a.example/feed") == "https://a.example"
    assert find_withheld(RequestSettings(proxy="none"), MOVED) is None


def test_no_secret_is_seen_where_a_change_is_shown() -> None:
    change = RequestChange(
        user="bob", password="s3cret", headers={"X": "s3cret"}, proxy=read_proxy("http://p:s3cret@h:1")
    )
    assert "s3cret" not in repr(change)
