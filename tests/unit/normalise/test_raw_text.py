import pytest

from worker.normalise.raw_text import close_raw_text
from worker.normalise.sanitise import sanitise

HELD = "iframe script style svg textarea title noscript noframes noembed select option template xmp math".split()


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("written", ["<{}/>", "<{} />", '<{} x="y"/>'])
def test_what_closes_itself_swallows_no_story(name: str, written: str) -> None:
    assert sanitise(f"a{written.format(name)}b<p>story</p>").replace("<math></math>", "") == "ab<p>story</p>"


@pytest.mark.parametrize("name", HELD)
def test_what_is_never_closed_swallows_no_story(name: str) -> None:
    assert sanitise(f"a<{name}><p>story</p>").replace("<math></math>", "") == "a<p>story</p>"


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ('<iframe src="a"/>x<iframe src="b"></iframe>', '<iframe src="a"/></iframe>x<iframe src="b"></iframe>'),
        ("<iframe src=a><p>x<iframe src=b></iframe>", "<iframe src=a></iframe><p>x<iframe src=b></iframe>"),
        ("<SCRIPT/>x<script>y</script>", "<SCRIPT/></script>x<script>y</script>"),
        ("<script src=x>story", "<script src=x></script>story"),
        ("<script>if (a < b) c();<p>story", "<script>if (a < b) c();</script><p>story"),
        ("<style>p {}", "<style>p {}</style>"),
        ("<svg><path d=''><p>story", "<svg><path d=''></svg><p>story"),
        ("<math><mi>x<p>story<math><mi>y<p>story", "<math><mi>x</math><p>story<math><mi>y</math><p>story"),
        ("<svg>story", "<svg></svg>story"),
        ("<video><source src=a><source src=b>x", "<video><source src=a><source src=b></video>x"),
    ],
)
def test_the_missing_end_stands_where_it_was_meant(written: str, closed: str) -> None:
    assert close_raw_text(written) == closed


@pytest.mark.parametrize(
    "html",
    [
        "<p>no such element</p>",
        "<iframe src=/frames/></iframe>",
        "<iframe src=/frames/>for old browsers</iframe>",
        '<script src="x" /></script>',
        "<script>write('<script>')</script>x",
        "<svg><svg></svg></svg>",
        "<titles/>x",
        '<iframe src="cut sho',
    ],
)
def test_what_is_closed_stays(html: str) -> None:
    assert close_raw_text(html) == html
