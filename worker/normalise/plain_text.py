"""Plain text: of a body, with a blank line between paragraphs; of a title, as one line; and its first sentences."""

import re
from collections.abc import Iterator
from html import unescape

import turbohtml

from worker.basics.text import clean, fold, shorten

_LONGEST_TEXT = 1_000_000
_LONGEST_OPENING = 2_000
# A text up to this length may be no more than an excerpt.
_LONGEST_EXCERPT = 1_000
# This many first characters tell one text from another.
_TELLING = 40
# No title or name is so long that a cut at this multiple of its length would reach it, whatever markup surrounds it.
_MARKUP_FACTOR = 8

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CLOSING_TAG = re.compile(r"</[a-zA-Z]|<br\s*/?>", re.IGNORECASE)
# A parser drops a tag that breaks off in its middle, but not one that breaks off at its start, nor a broken entity.
_BROKEN_END = re.compile(r"(?:</?|&[#0-9a-zA-Z]{0,31})\Z")
# What a player shows when it cannot play, and a word's pronunciation above it, would only disturb a line of text.
_UNREAD = "audio, video, rt, rp"
# A paragraph of nothing but URLs, one a line.
_ADDRESSES_ALONE = re.compile(r"\n\nhttps?://\S++(?:\nhttps?://\S++)*+(?=\n\n|\Z)")
# Three line ends in a row, or a line that ends in a space. To look from each line end costs a fifth of four searches.
_UNTIDY = re.compile(r"\n(?:\n\n|(?<=[ \t\xa0]\n))")

# A full stop of any script with the quotes that may close after it, before a space or the end. The first set holds all
# full stops, so that a search passes over other characters at once.
_STOP = re.compile(r"[.!?…。！？](?:(?<=[.!?…])[.!?…]*[\"'”’»)\]]*(?=\s|$)|(?<=[。！？])[。！？]*[」』”’）]*)")
_NEXT_WORD = re.compile(r"\s+[\"'“‘«(\[]*(\w)")
_ABBREVIATIONS = frozenset(
    "adm apr aug brig capt co col corp dec dept dr etc feb fr gen gov hon inc jan jr lt ltd maj mr mrs ms messrs mt no "
    "nos nov oct prof rep rev sen sep sept sgt sr st ste supt vs bzw ca nr abs mme mlle sra vgl zb".split()
)
# Blog software appends these to an excerpt.
_APPENDED = re.compile(
    r"(?:\bContinue reading\b[^.!?]{0,200}|\bRead (?:more|on|the full (?:story|article))\b[^.!?]{0,40}"
    r"|\bThe post .{1,400}? (?:appeared first on|first appeared on) .{1,200})$"
)
# Most excerpts have none of these words, and are not searched for the whole phrase.
_APPENDED_WORDS = ("Continue reading", "Read ", "The post ")
_CUT_SHORT = re.compile(r"\s*(?:\[(?:…|\.{3})\]|…|\.{3})$")
_CUT_ENDINGS = ("…", "...", "]")


def text_of(html: str) -> str:
    """Return the plain text of sanitised HTML; lists, tables and preformatted blocks stay readable."""
    return text_of_tree(turbohtml.parse_fragment(html))


def text_of_tree(tree: turbohtml.Element) -> str:
    """Return the plain text of sanitised HTML that was read into a tree, which is spent after that."""
    unread = tree.select(_UNREAD)
    addresses = [address for element in unread for address in _addresses_of(element)]
    for element in unread:
        element.decompose()
    # What has nothing but players has their addresses to tell.
    return tidy(tree.to_text()) or "\n".join(dict.fromkeys(addresses))


def _addresses_of(player: turbohtml.Element) -> Iterator[str]:
    for element in (player, *player.select("source")):
        if address := element.attrs.get("src"):
            yield str(address)


def without_addresses(text: str) -> str:
    """Return a text without the paragraphs that are URLs alone, as those of players are; all of one that is no more."""
    if not text.startswith("http") and "\n\nhttp" not in text:
        return text
    return _ADDRESSES_ALONE.sub("", f"\n\n{text}").strip() or text


def text_of_plain(body: str) -> str:
    """Return the text of a body that was published as plain text."""
    # Blog software that strips the tags from a text leaves the entities in it.
    return tidy(clean(body if "<" in body else _without_entities(body), _LONGEST_TEXT))


def tidy(text: str) -> str:
    """Return plain text with no trailing spaces and no more than one blank line in a row."""
    text = text[:_LONGEST_TEXT]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNTIDY.search(text):
        if " \n" in text or "\t\n" in text or "\xa0\n" in text:
            text = "\n".join(line.rstrip() for line in text.split("\n"))
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def one_line(marked_up: str, longest: int) -> str:
    """Return a title, name or tag as one line of text: markup and entities gone, even where escaped twice."""
    text = marked_up.strip()
    if len(text) > longest * _MARKUP_FACTOR:
        text = _BROKEN_END.sub("", text[: longest * _MARKUP_FACTOR])
    if "<" in text or "&" in text:
        text = _without_markup(text)
        # Many titles are escaped once too often. Without a closing tag, a lone <b> is a word of the title.
        text = _without_markup(text) if _CLOSING_TAG.search(text) else _without_entities(text)
    return fold(clean(text, longest * 2))[:longest].rstrip()


def _without_markup(text: str) -> str:
    return turbohtml.parse_fragment(text).to_text() if "<" in text else _without_entities(text)


def _without_entities(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text


def first_sentence(text: str) -> str:
    """Return the first sentence of a text; where no sentence ends in its first paragraph, that paragraph."""
    line = fold(text[:_LONGEST_OPENING].strip().partition("\n\n")[0])
    return line[: next(_ends(line), len(line))]


def summarise(given: str, text: str, longest: int) -> str:
    """Return the publisher's own summary; the text's first sentences where there is none, or it only cuts the text.

    ``given`` is the publisher's, as one line.
    """
    own = _without_appendix(given)
    if own.endswith("…") and fold(text[: 2 * _TELLING]).startswith(own[: min(_TELLING, len(own) - 1)]):
        # The text has the end of that sentence.
        own = ""
    if not own:
        own = _without_appendix(fold(text)) if len(text) <= _LONGEST_EXCERPT else fold(text[: 4 * longest])
    return _first_sentences(own, longest)


def _first_sentences(line: str, longest: int) -> str:
    if len(line) <= longest:
        return line
    fitting = [end for end in _ends(line[: longest + 1]) if end <= longest]
    # A single short sentence would tell too little.
    return line[: fitting[-1]] if fitting and fitting[-1] >= longest // 3 else shorten(line, longest)


def _without_appendix(line: str) -> str:
    while any(words in line for words in _APPENDED_WORDS) and (shorter := _APPENDED.sub("", line).rstrip()) != line:
        line = shorter
    uncut = _CUT_SHORT.sub("", line) if line.endswith(_CUT_ENDINGS) else line
    return line if uncut == line else uncut if uncut.endswith((".", "!", "?")) else f"{uncut}…"


def _ends(line: str) -> Iterator[int]:
    """Yield where sentences end."""
    for stop in _STOP.finditer(line):
        following = _NEXT_WORD.match(line, stop.end())
        goes_on = following is not None and following[1].islower()
        if not goes_on and not _is_abbreviation(line, stop):
            yield stop.end()


def _is_abbreviation(line: str, stop: re.Match[str]) -> bool:
    if stop[0] != ".":
        return False
    word = line[max(stop.start() - 20, 0) : stop.start()].rpartition(" ")[2].lstrip("\"'“‘«([")
    # An initial, or letters with stops between them: U.S., z.B.
    return (len(word) == 1 and word.isalpha()) or "." in word or word.casefold() in _ABBREVIATIONS
