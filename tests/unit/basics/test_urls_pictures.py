import pytest

from worker.basics.urls import is_decoration


@pytest.mark.parametrize(
    "url",
    [
        "https://secure.gravatar.com/avatar/0123?s=96&d=identicon",
        "https://0.gravatar.com/avatar/0123",
        "https://avatars.githubusercontent.com/u/10137?s=60&v=4",
        "https://avatars3.githubusercontent.com/u/10137?v=4",
        "https://s.w.org/images/core/emoji/15.0.3/72x72/1f355.png",
        "https://blog.example/wp-includes/images/smilies/icon_smile.gif",
        "https://s0.wp.com/latex.php?latex=%5Cwp&bg=ffffff&fg=000&s=0",
        "https://latex.codecogs.com/svg.image?x^2",
        "https://pixel.wp.com/b.gif?host=blog.example",
        "https://feeds.feedburner.com/~r/blog/~4/x",
        "http://a.impactradius-go.com/display-ad/7490-1161409",
        "https://pagead2.googlesyndication.com/simgad/123",
    ],
)
def test_an_avatar_an_emoji_a_formula_a_counter_or_an_advertisement_is_decoration(url: str) -> None:
    assert is_decoration(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/emoji-debate.jpg",
        "https://news.example/avatar/poster.jpg",
        "https://news.example/latex-gloves.jpg",
        "https://raw.githubusercontent.com/gazette/site/main/bridge.png",
    ],
)
def test_any_other_picture_is_none(url: str) -> None:
    assert not is_decoration(url)
