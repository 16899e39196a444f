"""How well encodings are told: ``python -m benchmarks.encodings [FOLDER]``.

Texts are encoded in each encoding of their language, cut to a number of bytes, and decoded without a declaration.
FOLDER holds a text a language, ``ru.txt``, in UTF-8; without it the short ones of tests/data/languages are taken.

right       the same characters, whatever the encoding is called; mostly with the doubt that it was guessed
wrong       others, and the poll says that the encoding was guessed; or it is refused as binary
silent      others, and nobody is told
"""

import argparse
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.parsers import ROOT
from worker.basics.charset import decode_with_doubts
from worker.parse.sniff import Kind, sniff

_SIZES = (80, 200, 1_000, 5_000)
_PIECES = 12
# A piece that is shorter than this share of its size tells about another size.
_LEAST = 0.8
_WIDE = ("utf-16-le", "utf-16-be")
_LANGUAGES = {
    "cp1250": "cs hr hu pl ro sk sl",
    "cp1251": "be bg mk ru sr uk",
    "cp1252": "af ca da de en es eu fi fr ga gl id is it nl no pt sv",
    "cp1253": "el",
    "cp1254": "tr",
    "cp1255": "he",
    "cp1256": "ar fa",
    "cp1257": "et lt lv",
    "cp874": "th",
    "iso8859_2": "cs hr hu pl ro sk",
    "iso8859_5": "ru",
    "iso8859_6": "ar",
    "iso8859_7": "el",
    "koi8_r": "ru",
    "koi8_u": "uk",
    "cp866": "ru",
    "shift_jis": "ja",
    "euc_jp": "ja",
    "iso2022_jp": "ja",
    "gb18030": "zh",
    "big5": "zh-Hant",
    "euc_kr": "ko",
}
# What the old encodings have for letters that came later.
_OLDER = str.maketrans("ȘșȚț", "ŞşŢţ")


def cut(text: str, encoding: str, size: int) -> Iterator[bytes]:
    """Yield pieces of a text of about so many bytes each, and not more, without what the encoding cannot write."""
    text = unicodedata.normalize("NFC", text).translate(_OLDER)
    text = text.encode(encoding, "ignore").decode(encoding)
    for start in range(0, len(text), max(len(text) // _PIECES, 1)):
        piece = text[start : start + size]
        while len(body := piece.encode(encoding)) > size:
            piece = piece[: -max((len(body) - size) // 4, 1)]
        if len(body) < _LEAST * size:
            return
        if not body.isascii() or b"\x1b" in body or encoding in _WIDE:
            yield body


def judge(body: bytes, encoding: str) -> str:
    """Return whether a piece comes out right, wrong with a doubt, or wrong without one."""
    decoded = decode_with_doubts(body, None)
    if decoded.text == body.decode(encoding):
        return "right"
    return "wrong" if decoded.doubts or sniff(body) is Kind.BINARY else "silent"


def print_sizes(texts: dict[str, str]) -> None:
    """Print how many pieces of each size are told, and by encoding which are not."""
    print(f"{'bytes':>6} {'pieces':>7} {'right':>8} {'wrong':>8} {'silent':>8} {'ms each':>8}")
    missed: Counter[tuple[str, str, int]] = Counter()
    encodings = {**_LANGUAGES, **dict.fromkeys(_WIDE, " ".join(texts))}
    for size in _SIZES:
        told: Counter[str] = Counter()
        began = time.process_time()
        for encoding, languages in encodings.items():
            for language in (each for each in languages.split() if each in texts):
                for body in cut(texts[language], encoding, size):
                    verdict = judge(body, encoding)
                    told[verdict] += 1
                    missed[encoding, language, size] += verdict != "right"
        pieces = max(told.total(), 1)
        shares = "".join(f"{told[verdict] / pieces:>9.2%}" for verdict in ("right", "wrong", "silent"))
        print(f"{size:>6} {told.total():>7}{shares} {(time.process_time() - began) / pieces * 1_000:>8.2f}")
    for (encoding, language, size), times in sorted(missed.items(), key=lambda each: each[0][2]):
        if times:
            print(f"{times} of {size} bytes in {language}, {encoding}")


def main() -> None:
    """Run from a checkout."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "tests/data/languages")
    folder: Path = parser.parse_args().folder
    print_sizes({path.stem: path.read_text() for path in sorted(folder.glob("*.txt"))})


if __name__ == "__main__":
    main()
