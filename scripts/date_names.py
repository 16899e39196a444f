"""Print ``worker/dates/date_words.py``: the names of months, weekdays and halves of the day, from Unicode CLDR.

``.venv/bin/pip install babel && PYTHONPATH=. .venv/bin/python scripts/date_names.py > worker/dates/date_words.py``
"""

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version

from babel import Locale

from worker.dates.tidying import fold_name, tidy

LOCALES = [
    Locale.parse(code)
    for code in """
        af ar ar_DZ ar_LB ar_MA az be bg bn bs ca cs cy da de de_AT el en en_AU en_GB es et eu fa fi fil fr fr_CA ga
        gl gu he hi hr hu hy id is it ja ka kk km kn ko lo lt lv mk ml mr ms my nb ne nl nn pa pl pt ro ru si sk sl
        sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh zh_Hant
    """.split()
]
LINE, INDENT = 115, " " * 4
HALVES = {"am": "morning", "pm": "afternoon"}
# What else stands beside clocks there. Twelve in a Chinese evening is midnight: that is neither half.
HALVES_BY_LANGUAGE = {
    "ar": HALVES | {"morning2": "morning", "evening1": "afternoon"},
    "vi": HALVES | {"morning1": "morning", "afternoon1": "afternoon", "evening1": "evening"},
    "zh": HALVES | {"night1": "morning", "morning1": "morning", "afternoon2": "afternoon", "evening1": "evening"},
}


def main() -> None:
    """Print the module."""
    months, weekdays = collect("months"), collect("days")
    print(
        f'"""The words of dates in {len({locale.language for locale in LOCALES})} languages, folded by ``fold_name``.'
    )
    print()
    print(
        f"Printed by ``scripts/date_names.py`` from Unicode CLDR, as Babel {version('babel')} has it: change that. CLDR"
    )
    print("is © 1991-2025 Unicode, Inc., under the Unicode License v3 (https://www.unicode.org/license.txt).")
    print('"""')
    print()
    print_words("MONTHS", [sorted(name for name, of in months.items() if [*of] == [month]) for month in range(1, 13)])
    print('"""The names of each month, January first; several words of one name are joined by ``_``."""')
    print()
    print("MONTHS_BY_LANGUAGE = {")
    for name, of in sorted(months.items()):
        if len(of) > 1:
            print(
                f"    {name!r}: {dict(sorted((each, month) for month, them in of.items() for each in them))},".replace(
                    "'", '"'
                )
            )
    print("}")
    print('"""Names that mean another month in another language."""')
    print()
    print_words("WEEKDAYS", [sorted(name for name, of in weekdays.items() if day in of) for day in range(7)])
    print('"""The names of each weekday, Monday first; some are of two."""')
    print()
    halves = dict(collect_halves())
    rows = [sorted(word for word in halves if halves[word] == half) for half in ("morning", "afternoon", "evening")]
    print_words("HALVES", rows)
    print('"""Words beside a clock of twelve hours: before noon, from noon on, in the evening."""')


def collect(kind: str) -> dict[str, dict[int, set[str]]]:
    """Return which months or weekdays each name means in which languages."""
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for locale in LOCALES:
        for number, name in written_names(locale, kind):
            folded = fold_name(tidy(name)).replace(" ", "_").replace("-", "_")
            # What holds a number is read as that number.
            if not re.search(r"\d", folded):
                found[folded][number].add(locale.language)
    return {name: of for name, of in found.items() if not is_name_after_word(name, of, found)}


def is_name_after_word(name: str, of: dict[int, set[str]], found: dict[str, dict[int, set[str]]]) -> bool:
    """Return whether a name is but another one after a preposition."""
    _, joint, last = name.rpartition("_")
    return bool(joint) and of.keys() <= found.get(last, {}).keys()


def written_names(locale: Locale, kind: str) -> Iterator[tuple[int, str]]:
    """Yield a locale's names, also with the ending or the preposition that its dates glue to them."""
    glued = re.search(r"(\w*)'?MMMM'?(\w*)", locale.date_formats["long"].pattern)
    before, after = glued.groups() if glued and kind == "months" else ("", "")
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in getattr(locale, kind)[context][width].items():
                yield number, name
                yield number, f"{before}{name}{after}"


def collect_halves() -> Iterator[tuple[str, str]]:
    """Yield words with the half of the day that they mean; Latin ones only of languages whose clocks have such words.

    In the others they are seldom written, and often mean something else: ``de`` is a Hungarian morning.
    """
    for locale in LOCALES:
        halves = HALVES_BY_LANGUAGE.get(locale.language, HALVES)
        is_twelve = re.search("[aB]", locale.time_formats["short"].pattern) or halves is not HALVES
        for width in ("wide", "abbreviated"):
            for period, name in locale.day_periods["format"][width].items():
                folded = fold_name(tidy(name))
                if period in halves and " " not in folded and (is_twelve or not folded.isascii()):
                    yield folded, halves[period]


def print_words(name: str, rows: list[list[str]]) -> None:
    """Print a list of texts, one a row, in lines that are not too long."""
    print(f'{name} = """')
    print(
        " |\n".join(textwrap.fill(" ".join(row), LINE, initial_indent=INDENT, subsequent_indent=INDENT) for row in rows)
    )
    print('""".split("|")')


if __name__ == "__main__":
    main()
