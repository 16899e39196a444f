from worker.values.request_settings import UNREADABLE, HeaderSetting, RequestSettings
from worker.wording.sentences import explain_request


def test_the_usual_needs_no_words() -> None:
    assert [explain_request(each) for each in (None, RequestSettings())] == ["", ""]


def test_all_but_secrets_is_said() -> None:
    settings = RequestSettings(
        user="bob",
        headers=(HeaderSetting("X-Api-Key"), HeaderSetting("Cookie")),
        user_agent="Other/1",
        proxy="http://eve@h:1",
        is_insecure=True,
        offers_http2=True,
    )
    asked = "asked for as user bob, with X-Api-Key, Cookie, under the name Other/1"
    through = "through the proxy http://h:1 as user eve, over HTTP/2 where it is spoken"
    assert explain_request(settings) == f"{asked}, {through}, CERTIFICATES NOT CHECKED (--insecure)"


def test_a_feed_without_the_usual_proxy_is_said_to_have_none() -> None:
    assert explain_request(RequestSettings(proxy="none")) == "through no proxy"


def test_settings_that_cannot_be_read_are_said_to_be_so() -> None:
    assert explain_request(UNREADABLE) == "its request settings cannot be read"
