import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.plain_text import text_of
from worker.normalise.players import link_players
from worker.normalise.sanitise import sanitise

BASE = "https://news.example/2026/rain"
EMBED, PAGE = "https://www.youtube.com/embed/abc-_1?rel=0&amp;start=3", "https://www.youtube.com/watch?v=abc-_1"
FLASH = "http://www.youtube.com/v/abc-_1&amp;hl=en"
LINK = f'<a href="{PAGE}">{PAGE}</a>'
PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<a href=/x>", "</a>", "<b>", "</b>", "Rain", " ", "<iframe src=/1>", "<iframe src='/2'/>",
        "</iframe>", "<iframe>", "<object data=/3>", "</object>", "<param name=movie value=/3>", "<embed src=/4>",
        "<noscript>", "</noscript>", "<img src=/5 srcset='/6 2x, /7 3x'>", "<img data-src=/5>", "<picture>",
        "<source srcset='/8 900w'>", "</picture>", "<video data-src=/9>", "</video>", "<amp-img src=/5>", "<!--", "-->",
        "<table>", "<tr>", "<script>", "</script>", ">", '"',
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (EMBED, PAGE),
        ("//www.youtube-nocookie.com/embed/abc-_1", PAGE),
        ("https://www.youtube.com/embed/videoseries?si=x&amp;list=PL1", "https://www.youtube.com/playlist?list=PL1"),
        ("https://www.youtube.com/embed/live_stream?channel=1", "https://www.youtube.com/embed/live_stream?channel=1"),
        ("https://player.vimeo.com/video/12?dnt=1&amp;h=a1b", "https://vimeo.com/12/a1b"),
        ("https://player.vimeo.com/video/12", "https://vimeo.com/12"),
        ("https://www.dailymotion.com/embed/video/x1?autoplay=1", "https://www.dailymotion.com/video/x1"),
        ("https://open.spotify.com/embed/episode/1?utm_source=oembed", "https://open.spotify.com/episode/1"),
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fvideos%2F1%2F",
            "https://www.facebook.com/a/videos/1/",
        ),
        ("https://share.transistor.fm/e/9a2f", "https://share.transistor.fm/e/9a2f"),
        ("/maps/1?a=1&amp;b=2", "https://news.example/maps/1?a=1&amp;b=2"),
    ],
)
def test_a_frame_becomes_a_link_to_its_page_else_to_itself(address: str, page: str) -> None:
    written = f'<p><a href="{page}">{page}</a></p>'
    assert link_players(f'<p><iframe src="{address}" allowfullscreen></iframe></p>', BASE) == written


@pytest.mark.parametrize(
    "player",
    [
        f"<IFRAME SRC='{EMBED}' WIDTH=\"100%\"></IFRAME>",
        f'<iframe src="about:blank" data-src="{EMBED}"></iframe>',
        f'<iframe src="{EMBED}"><p>Frames are off.</p></iframe>',
        f'<iframe src="{EMBED}" />',
        f'<embed src="{EMBED}" type="application/x-shockwave-flash">',
        f'<object data="{EMBED}"></object>',
        f'<object width="4"><param value="{FLASH}" name="movie"/><param/><embed src="{FLASH}"></embed></object>',
        '<lite-youtube videoid="abc-_1"></lite-youtube>',
        '<amp-youtube data-videoid="abc-_1" layout="responsive"></amp-youtube>',
        f'<iframe src="{EMBED}"></iframe><iframe src="{EMBED}"></iframe>',
    ],
)
def test_every_kind_of_player_becomes_one_link(player: str) -> None:
    assert sanitise(player, BASE) == LINK.replace(">", ' rel="noopener noreferrer nofollow">', 1)


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="javascript:alert(1)"></iframe>',
        '<iframe src="data:text/html,x"></iframe>',
        '<iframe src="about:blank"></iframe>',
        '<iframe srcdoc="x"></iframe>',
        "<iframe></iframe>",
        '<iframe src="https://a.example/" width="1" height="1"></iframe>',
        '<iframe src="https://a.example/" style="display: none"></iframe>',
        '<iframe src="https://a.example/embed" style="position: absolute; clip: rect(1px, 1px, 1px, 1px);"></iframe>',
        '<iframe src="https://a.example/" hidden></iframe>',
        '<iframe src="https://www.googletagmanager.com/ns.html?id=1"></iframe>',
        '<iframe src="https://ads.doubleclick.net/1"></iframe>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=https%3A%2F%2Fa.example%2F"></iframe>',
        '<param name="quality" value="high">',
    ],
)
def test_what_nobody_is_meant_to_see_is_no_link(frame: str) -> None:
    assert sanitise(f"a{frame}b", BASE) == "ab"


def test_a_relative_address_without_a_base_is_dropped() -> None:
    assert link_players('a<iframe src="/1"></iframe>b', None) == "ab"


@pytest.mark.parametrize(
    ("around", "text"),
    [
        ("<p>Rain.</p>{}<p>Snow.</p>", f"Rain.\n\n{PAGE}\n\nSnow."),
        ("Rain. {} Snow.", f"Rain.\n{PAGE}\nSnow."),
        ("<p><b>Watch:</b> {}</p>", f"Watch:\n{PAGE}"),
        ("{}<em>Rain.</em>", f"{PAGE}\nRain."),
        ("<q>Rain</q>{}<ins>Snow</ins>", f"“Rain”\n{PAGE}\nSnow"),
        ("{}<iframe src='https://a.example/2'></iframe>", f"{PAGE}\nhttps://a.example/2"),
    ],
)
def test_it_stands_on_a_line_of_its_own(around: str, text: str) -> None:
    assert text_of(sanitise(around.format(f'<iframe src="{EMBED}"></iframe>'), BASE)) == text


def test_a_link_that_the_frame_holds_says_more_than_its_address() -> None:
    album = '<a href="https://band.example/album/rain">Rain by Band</a>'
    player = f'<iframe src="https://player.example/album=1">{album}</iframe>'
    assert link_players(player, BASE) == album


@pytest.mark.parametrize(
    "tag", ['<iframe src="https://a.example/1"/>', '<iframe src="https://a.example/1">', "<iframe>"]
)
def test_a_frame_that_is_not_closed_takes_no_story_with_it(tag: str) -> None:
    following = "<p>Snow.</p><iframe src='https://a.example/2'></iframe><p>Hail.</p>"
    found = text_of(sanitise(f"{tag}<p>Rain.</p>{following}", BASE))
    assert [word for word in ("Rain.", "Snow.", "Hail.", "a.example/2") if word in found] == [
        "Rain.",
        "Snow.",
        "Hail.",
        "a.example/2",
    ]


def test_what_an_address_holds_is_no_markup() -> None:
    assert link_players('<iframe src="https://a.example/&quot;&gt;&lt;b&gt;"></iframe>', None) == (
        '<a href="https://a.example/%22%3E%3Cb%3E">https://a.example/%22%3E%3Cb%3E</a>'
    )


@given(st.lists(PIECES, max_size=20).map("".join))
def test_what_was_sanitised_with_pictures_and_players_reads_back_as_itself(html: str) -> None:
    cleaned = sanitise(html, BASE)
    assert sanitise(cleaned, BASE) == cleaned
