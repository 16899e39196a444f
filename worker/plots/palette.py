"""The colours of plots: a custom property each, so that a page may set them, with a fall-back for light paper.

Against its paper each tone has a contrast of 3:1 and more, each ink for text one of 4.5:1 (WCAG 1.4.3, 1.4.11). No tone
tells anything alone: what failed hangs below the line, what is quiet is small, what was missed has a shape of its own.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Tone(StrEnum):
    """What a mark means, which decides its colour."""

    NEWS = "news"
    """Articles, and polls that brought some."""
    QUIET = "quiet"
    """Polls that brought nothing new."""
    GOOD = "good"
    WARN = "warn"
    """What was missed."""
    BAD = "bad"
    """What failed."""


LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "ink": "#1f2328",
        "soft": "#59636e",
        "line": "#d8dde3",
        "news": "#1f5fa8",
        "quiet": "#848f9b",
        "good": "#2b7a4b",
        "warn": "#a85a00",
        "bad": "#b3261e",
    }
)
"""Colours on light paper: of the paper, of text, of text beside it, of axes and grids, and of each tone."""
DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#14181d",
        "ink": "#e6e9ec",
        "soft": "#a3adb8",
        "line": "#343c45",
        "news": "#6fabe8",
        "quiet": "#78838f",
        "good": "#5fbf87",
        "warn": "#e8a24a",
        "bad": "#f28b82",
    }
)
"""The same on dark paper."""


def paint(name: str) -> str:
    """Return a colour as an attribute has it: ``var(--plot-news, #1f5fa8)``."""
    return f"var(--plot-{name}, {LIGHT[name]})"


def _properties(colours: Mapping[str, str]) -> str:
    return "".join(f"--plot-{name}:{colour};" for name, colour in colours.items())


STYLESHEET = (
    f":root{{{_properties(LIGHT)}}}\n"
    f"@media (prefers-color-scheme: dark){{:root{{{_properties(DARK)}}}}}\n"
    ".plot{display:block;font-variant-numeric:tabular-nums}\n"
    ".plot-wide{max-width:50rem}.plot-narrow{display:none}\n"
    "@media (max-width: 40em){.plot-wide{display:none}.plot-narrow{display:block}}\n"
)
"""What a page links to as a file of its own: the colours by the reader's choice, and which width of a plot is shown."""
