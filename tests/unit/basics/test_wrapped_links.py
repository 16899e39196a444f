import pytest

from worker.basics.urls import canonical_url, link_key
from worker.basics.wrapped_links import find_target

PAGE = "https://news.example/rain?id=1"
WRITTEN = "https%3A%2F%2Fnews.example%2Frain%3Fid%3D1"


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={WRITTEN}&ct=ga&cd=CAEY&usg=AOv",
        f"http://www.google.co.uk/url?sa=X&q={WRITTEN}&ct=ga",
        f"http://news.google.com/news/url?sa=t&fd=R&usg=AFQ&clid=c3&url={WRITTEN}",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url=https%3a%2f%2fnews.example%2frain%3fid%3d1&c=2",
        "https://r.search.yahoo.com/_ylt=A0/RV=2/RO=10/RU=https%3a%2f%2fnews.example%2frain%3fid%3d1/RK=2/RS=abc-",
        "http://us.rd.yahoo.com/dailynews/rss/weather/*https%3A//news.example/rain?id=1",
        f"https://l.facebook.com/l.php?u={WRITTEN}&h=AT0",
        f"https://l.instagram.com/?u={WRITTEN}&e=AT0",
        f"https://t.umblr.com/redirect?z={WRITTEN}&t=abc",
        f"https://out.reddit.com/t3_abc?url={WRITTEN}&token=abc",
        f"https://www.youtube.com/redirect?event=video&q={WRITTEN}",
        f"https://duckduckgo.com/l/?uddg={WRITTEN}&rut=abc",
        f"https://eur01.safelinks.protection.outlook.com/?url={WRITTEN}&data=05",
        f"https://href.li/?{PAGE}",
        f"https://www.deviantart.com/users/outgoing?{PAGE}",
        f"https://feeds.feedblitz.com/~/t/0/0/news/~{PAGE}",
        # What a search engine found on a social network.
        f"https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3D{WRITTEN.replace('%', '%25')}",
    ],
)
def test_a_link_that_says_where_it_leads_is_the_page_it_leads_to(link: str) -> None:
    assert canonical_url(link) == PAGE
    assert link_key(link) == link_key(PAGE)


@pytest.mark.parametrize(
    "link",
    [
        "https://news.google.com/rss/articles/CBMiU2h0dHBzOi8v?oc=5",
        "http://feedproxy.google.com/~r/news/~3/abc/",
        "https://www.google.com/search?q=https%3A%2F%2Fnews.example%2F",
        "https://www.google.com/url?q=javascript%3Aalert(1)//http",
        "https://www.google.com/url?q=%2Fhttp",
        "https://www.google.com/url?q=http%3A%2F%2F",
        "https://www.google.com/url?q=https%3A%2F%2F%5Bhttp",
        "https://www.google.evil.example/url?q=https%3A%2F%2Fnews.example%2F",
        "https://notfacebook.com/l.php?u=https%3A%2F%2Fnews.example%2F",
        "https://news.example/login?url=https%3A%2F%2Fnews.example%2Frain",
        "https://web.archive.org/web/2026/https://news.example/rain",
    ],
)
def test_any_other_link_stays(link: str) -> None:
    assert canonical_url(link) == link


def test_the_escapes_of_a_target_that_stands_as_it_is_are_its_own() -> None:
    target = "https://news.example/?q=rain%26snow"
    assert find_target(f"https://href.li/?{target}") == target


def test_a_plus_sign_of_the_target_is_no_space() -> None:
    assert find_target("https://www.google.com/url?url=https://news.example/a+b") == "https://news.example/a+b"
