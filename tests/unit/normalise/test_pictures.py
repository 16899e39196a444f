import pytest

from worker.normalise.sanitise import sanitise

BASE = "https://news.example/2026/rain"


def _sources(html: str) -> list[str]:
    return [
        part.partition('"')[0].removeprefix("https://news.example") for part in sanitise(html, BASE).split(' src="')[1:]
    ]


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ('<img src="/300.jpg" srcset="/300.jpg 300w, /1024.jpg 1024w, /768.jpg 768w">', "/1024.jpg"),
        ('<img src="/1.jpg" srcset="/1.jpg 1x, /2.jpg 2x">', "/2.jpg"),
        ('<img src="/1.jpg" srcset="/2.jpg 1.5x,/3.jpg 3x">', "/3.jpg"),
        ('<img srcset="/1.jpg, /2.jpg 2x">', "/2.jpg"),
        ('<img srcset="/1.jpg">', "/1.jpg"),
        ("<img srcset='/a,b.jpg 300w,/c.jpg 900w' src=/x.jpg>", "/c.jpg"),
        ('<img src="/1.jpg" srcset="data:image/gif;base64,R0 900w, /2.jpg 600w 400h"/>', "/2.jpg"),
        ('<img src="/1.jpg" srcset="javascript:x 900w">', "/1.jpg"),
        ('<img src="/1.jpg" srcset="/2.jpg, , 900w">', "/1.jpg"),
        ('<img src="/1.jpg?w=1&amp;h=2" srcset="/2.jpg?w=2&amp;h=4 2x">', "/2.jpg?w=2&amp;h=4"),
        ('<img src="data:image/gif;base64,R0" data-srcset="/300.jpg 300w, /900.jpg 900w">', "/900.jpg"),
        ('<img src="/blank.gif" data-src="/1.jpg" data-srcset="/1.jpg 300w, /2.jpg 900w">', "/2.jpg"),
        ('<img data-lazy-srcset="/2.jpg 2x" data-lazy-src="/1.jpg">', "/2.jpg"),
        # The image itself is larger than all that it might be replaced by.
        ('<img src="/5460.jpg" srcset="/276.jpg 276w, /500.jpg 500w" width="2730">', "/5460.jpg"),
        ('<img src="/1.jpg" srcset="/2.jpg">', "/1.jpg"),
        ('<img src="/1.jpg" srcset="">', "/1.jpg"),
        ('<img src="/1.jpg" srcset="/2.jpg 2x" width="100%">', "/2.jpg"),
    ],
)
def test_an_image_is_shown_at_its_largest(image: str, source: str) -> None:
    assert _sources(image) == [source]


@pytest.mark.parametrize(
    "attribute",
    ["data-src", "data-lazy-src", "data-original", "data-orig-file", "data-opt-src", "data-cfsrc", "data-hi-res-src"],
)
def test_an_image_that_a_script_would_load_is_loaded_without(attribute: str) -> None:
    assert _sources(f'<img src="/blank.gif" {attribute}="/1.jpg">') == ["/1.jpg"]


@pytest.mark.parametrize("value", ["true", "data:image/gif;base64,R0/", "1"])
def test_what_is_no_address_is_loaded_by_nobody(value: str) -> None:
    assert _sources(f'<img src="/1.jpg" data-lazy="{value}">') == ["/1.jpg"]


@pytest.mark.parametrize(
    ("picture", "sources"),
    [
        (
            '<picture><source srcset="/400.webp 400w, /1600.webp 1600w"><source srcset="/8.jpg 8w"><img src="/4.jpg">',
            ["/1600.webp"],
        ),
        ('<picture><source srcset="/1.webp" type="image/webp"><img src="/1.jpg"></picture>', ["/1.jpg"]),
        ('<picture><source data-srcset="/1.jpg"></picture>', ["/1.jpg"]),
        ('<picture><source srcset="/1.jpg 800w"><img src="data:image/gif;base64,R0"></picture>', ["/1.jpg"]),
        ('<picture><img src="/1.jpg"><source srcset="/2.jpg 800w"></picture>', ["/1.jpg"]),
        ('<picture><source srcset="/2.jpg 2x"><img src="/1.jpg"></picture><img src="/3.jpg">', ["/2.jpg", "/3.jpg"]),
    ],
)
def test_a_picture_is_one_image(picture: str, sources: list[str]) -> None:
    assert _sources(picture) == sources


@pytest.mark.parametrize(
    ("html", "sources"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="/1.jpg"><noscript><img src="/1.jpg"></noscript>', ["/1.jpg"]),
        ('<img src="/loading.gif"> <noscript><img src="/1.jpg"></noscript>', ["/1.jpg"]),
        ('<a><img data-src="/1.jpg"></a><noscript><img src="/1.jpg"></noscript>', ["/1.jpg"]),
        ('<p>Rain</p><noscript><p><img src="/1.jpg"></p></noscript>', ["/1.jpg"]),
        ('<noscript><img src="/1.jpg" srcset="/2.jpg 2x"></noscript>', ["/2.jpg"]),
        ('<img src="/1.jpg"><noscript><img src="/2.jpg"></noscript>', ["/1.jpg", "/2.jpg"]),
        ('<img src="/1.jpg"><noscript><img src="//a.example/p" width="1" height="1"></noscript>', ["/1.jpg"]),
        ('<img src="/1.jpg"><noscript><img src="//a.example/matomo.php?id=1"></noscript>', ["/1.jpg"]),
        ("<noscript>Scripts are off. <noscript>", []),
    ],
)
def test_an_image_for_pages_without_scripts_is_shown_once(html: str, sources: list[str]) -> None:
    assert _sources(html) == sources


def test_words_for_pages_without_scripts_are_no_text() -> None:
    assert sanitise('a<noscript>Switch on scripts <img src="https://a.example/1.jpg"></noscript>b') == (
        'a<img src="https://a.example/1.jpg">b'
    )


def test_an_image_of_amp_is_one() -> None:
    amp = '<amp-img src="/1.jpg" width="4" height="3" layout="fill"><noscript><img src="/1.jpg"></noscript></amp-img>'
    assert sanitise(amp, BASE) == '<img src="https://news.example/1.jpg" width="4" height="3">'


@pytest.mark.parametrize("player", ['<video data-src="/1.mp4"></video>', '<video><source data-src="/1.mp4"></video>'])
def test_a_player_that_a_script_would_load_is_loaded_without(player: str) -> None:
    assert _sources(player) == ["/1.mp4"]
