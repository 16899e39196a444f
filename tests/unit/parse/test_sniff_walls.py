import pytest

from tests.costs import spend_at_most
from worker.errors import ErrorClass, PermanentError
from worker.parse.document import parse_document
from worker.parse.sniff import find_wall
from worker.values.due_feeds import Document

PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>{}</body></html>"


@pytest.mark.parametrize(
    ("title", "body", "wall"),
    [
        ("Just a moment...", "<script>window._cf_chl_opt = {cType: 'managed'}</script>", "Cloudflare"),
        ("Making sure you&#39;re not a bot!", "<script src='/.within.website/x/cmd/anubis/main.mjs'>", "Anubis"),
        ("example.com", "<script src='https://ct.captcha-delivery.com/c.js'></script>", "DataDome"),
        ("", "<iframe id=main-iframe src='/_Incapsula_Resource?SWUDNSAI=31&xinfo=7'></iframe>", "Imperva"),
        ("Access to this page has been denied.", '<div id="px-captcha"></div>', "HUMAN"),
        ("", "<script>window.awsWafCookieDomainList = []; window.gokuProps = {};</script>", "AWS WAF"),
        ("You are being redirected...", "<script>var s={},sucuri_cloudproxy_js='';</script>", "Sucuri"),
        ("DDoS-Guard", "<script src='/.well-known/ddos-guard/js-challenge/index.js'></script>", "DDoS-Guard"),
        ("", '<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/?r=%2Ffeed">', "SiteGround"),
        ("Vercel Security Checkpoint", "We're verifying your browser", "Vercel"),
        ("One more step", "<script src='https://js.hcaptcha.com/1/api.js' async></script>", "a captcha"),
        ("Wait", "<script src='https://challenges.cloudflare.com/turnstile/v0/api.js'></script>", "a captcha"),
        ("Wait", "<script src='https://www.google.com/recaptcha/api.js'></script>", "a captcha"),
    ],
)
def test_a_wall_is_told_by_its_challenge(title: str, body: str, wall: str) -> None:
    assert find_wall(PAGE.format(title, body).encode()) == wall


@pytest.mark.parametrize(
    "body",
    [
        "Just a moment, please",
        "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        "<script src='https://check.ddos-guard.net/check.js'></script>",
        "<script src='https://x.token.awswaf.com/y/challenge.js'></script>",
        "<script src='/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3'></script>",
        "<script>window._pxAppId = 'PX1'</script>",
        "<script src='https://js.datadome.co/tags.js'></script>",
        "<script src='https://js.hcaptcha.com/1/api.js'></script><input type=\"password\">",
        "<script src='https://js.hcaptcha.com/1/api.js'></script>" + "<p>An article.</p>" * 1000,
        "x" * 65_536 + "_cf_chl_opt",
    ],
)
def test_a_page_that_a_wall_let_through_is_a_page(body: str) -> None:
    assert find_wall(PAGE.format("News", body).encode()) is None


@pytest.mark.parametrize(
    ("script", "wall"),
    [
        ("<script>window._cf_chl_opt={}</script>", "Cloudflare"),
        ("<script src='https://js.hcaptcha.com/1/api.js'></script>", "a captcha"),
    ],
)
def test_a_wall_in_a_feeds_place_is_a_failure_of_its_own_class(script: str, wall: str) -> None:
    page = PAGE.format("Just a moment...", script).encode()

    with pytest.raises(PermanentError) as failure:
        parse_document(Document("http://127.0.0.1/feed", page, "text/html"), 100)

    assert failure.value.error_class is ErrorClass.BLOCKED
    assert failure.value.sentence == f"the host served a page on which {wall} keeps robots out, not a feed"


def test_a_feed_that_writes_about_walls_is_a_feed() -> None:
    feed = b"<rss version='2.0'><channel><item><title>_cf_chl_opt</title></item></channel></rss>"

    assert parse_document(Document("http://127.0.0.1/feed", feed, None), 100).entries[0].title == "_cf_chl_opt"


def test_looking_for_walls_costs_no_more_on_a_huge_page() -> None:
    page = b"<html>" + b"captcha-delivery.co " * 750_000

    assert spend_at_most(0.1, lambda: find_wall(page)) is None
