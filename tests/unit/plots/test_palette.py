from collections.abc import Mapping

import pytest

from worker.plots.palette import DARK, LIGHT, STYLESHEET, Tone


def _luminance(colour: str) -> float:
    """As WCAG 2.2 defines relative luminance."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("paper", [LIGHT, DARK], ids=["light", "dark"])
def test_marks_have_a_contrast_of_3_and_text_one_of_4_and_a_half(paper: Mapping[str, str]) -> None:
    assert min(_contrast(paper[tone], paper["paper"]) for tone in Tone) >= 3
    assert min(_contrast(paper[ink], paper["paper"]) for ink in ("ink", "soft")) >= 4.5


def test_the_stylesheet_sets_every_colour_for_both() -> None:
    assert all(STYLESHEET.count(f"--plot-{name}:") == 2 for name in LIGHT)
