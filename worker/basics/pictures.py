"""Pictures that illustrate nothing: avatars, emoji, buttons and counters that feeds carry beside an article's own."""

import re

_DECORATION = re.compile(
    r"https?://(?:[^/?#]*\.)?gravatar\.com/"
    r"|/(?:core/)?emojis?/|/smil(?:ie|ey)s?/|/twemoji/"
    r"|https?://(?:pixel|stats)\.(?:wp|wordpress)\.com/|https?://feeds\.feedburner\.com/~"
    r"|https?://(?:[^/?#]*\.)?(?:scorecardresearch|doubleclick|quantserve)\.(?:com|net)/",
    re.IGNORECASE,
)


def is_decoration(url: str) -> bool:
    """Say whether the picture at a URL is none of the article's."""
    return _DECORATION.search(url) is not None
