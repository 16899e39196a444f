import pytest

from worker.settings import Settings
from worker.websub.credentials import Credentials, read_credentials

KEY = "k" * 32
OURS = Credentials("https://news.example/feedmill", KEY)


def test_each_subscription_has_a_url_and_a_secret_of_its_own() -> None:
    first, second = OURS.callback_url(1, "salt"), OURS.callback_url(1, "other")
    assert first.startswith("https://news.example/feedmill/websub/1/")
    assert first != second
    assert OURS.hub_secret("salt") != OURS.hub_secret("other")
    assert OURS.hub_secret("salt")[:40] not in first


def test_a_secret_is_short_enough_for_the_specification() -> None:
    assert len(OURS.hub_secret("salt").encode()) < 200


def test_only_its_own_token_is_a_subscriptions() -> None:
    token = OURS.callback_url(1, "salt").rpartition("/")[2]
    assert OURS.is_token("salt", token)
    assert not OURS.is_token("other", token)
    assert not OURS.is_token("salt", "")
    assert not OURS.is_token("salt", "é")


@pytest.mark.parametrize("other", [Credentials("https://new.example", KEY), Credentials(OURS.public_url, "x" * 32)])
def test_other_settings_have_another_fingerprint(other: Credentials) -> None:
    assert other.fingerprint != OURS.fingerprint


def test_the_secret_is_never_shown() -> None:
    assert KEY not in repr(OURS)


def test_without_a_public_url_there_is_nothing_to_subscribe_with() -> None:
    assert read_credentials(Settings()) is None
    chosen = Settings(public_url="https://news.example/feedmill/", websub_secret=KEY)
    assert read_credentials(chosen) == OURS
