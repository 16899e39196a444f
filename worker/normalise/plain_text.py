"""Plain text: of a body, with a blank line between paragraphs, and its first sentences."""

import re
from collections.abc import Iterator

import turbohtml

from worker.basics.markup import decode_entities
from worker.basics.text import clean, drop_invisible, fold, shorten
from worker.normalise.layout import find_rearranged, rearrange
from worker.normalise.plain_lines import drop_indentation

_LONGEST_TEXT = 1_000_000
_LONGEST_OPENING = 2_000
# A text up to this length may be no more than an excerpt.
_LONGEST_EXCERPT = 1_000
# This many first characters tell one text from another.
_TELLING = 40
# In sanitised HTML < and > are parts of tags only.
_NO_WORDS = re.compile(r"<(?P<whole>a|audio|video)(?=[\s>])[^>]*>.*?</(?P=whole)>|<[^>]*>|&\w+;", re.DOTALL)
_LETTER = re.compile(r"[^\W_]")
# A paragraph of nothing but URLs, one a line.
_ADDRESSES_ALONE = re.compile(r"\n\nhttps?://\S++(?:\nhttps?://\S++)*(?=\n\n|\Z)")
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
# Software that cuts a summary by its bytes cuts within an entity too.
_CUT_ENTITY = re.compile(r" ?&(#?[0-9a-z]{0,8})(?=\s*(?:\[?(?:…|\.{3})\]?)?$)")
_ENTITIES = "amp apos gt hellip laquo ldquo lsquo lt mdash nbsp ndash quot raquo rdquo rsquo".split()
_CUT_SHORT = re.compile(r"\s*(?:\[(?:…|\.{3})\]|…|\.{3})$")
_CUT_ENDINGS = ("…", "...", "]")


def text_of(html: str) -> str:
    """Return the plain text of sanitised HTML; lists, tables and preformatted blocks stay readable."""
    return text_of_tree(turbohtml.parse_fragment(html))


def text_of_tree(tree: turbohtml.Element) -> str:
    """Return the plain text of sanitised HTML that was read into a tree, which is spent after that."""
    special = find_rearranged(tree)
    addresses = [address for each in special if each.tag in {"audio", "video"} for address in _addresses_of(each)]
    rearrange(special)
    # What has nothing but players has their addresses to tell.
    return tidy(drop_invisible(tree.to_text())) or "\n".join(dict.fromkeys(addresses))


def _addresses_of(player: turbohtml.Element) -> Iterator[str]:
    for element in (player, *player.select("source")):
        if address := element.attrs.get("src"):
            yield str(address)


def without_addresses(text: str) -> str:
    """Return a text without the paragraphs that are URLs alone, as those of players are; all of one that is no more."""
    # A search for one character takes a fiftieth of one for several, and many texts lack this one.
    if "/" not in text or not (text.startswith("http") or "\n\nhttp" in text):
        return text
    return _ADDRESSES_ALONE.sub("", f"\n\n{text}").strip() or text


def text_of_plain(body: str) -> str:
    """Return the text of a body that was published as plain text."""
    # Blog software that strips the tags from a text leaves the entities in it.
    text = clean(drop_invisible(body if "<" in body else decode_entities(body)), _LONGEST_TEXT)
    return drop_indentation(tidy(text))


def has_own_words(html: str) -> bool:
    """Return whether sanitised HTML says anything outside of its links, pictures and players."""
    begin = 0
    # Most bodies say something at once.
    for found in _NO_WORDS.finditer(html):
        if _LETTER.search(html, begin, found.start()):
            return True
        begin = found.end()
    return _LETTER.search(html, begin) is not None


def tidy(text: str) -> str:
    """Return plain text with no trailing spaces and no more than one blank line in a row."""
    text = text[:_LONGEST_TEXT]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # UAX 14: they break a line in any text.
    if "\u2028" in text or "\u2029" in text:
        text = text.replace("\u2028", "\n").replace("\u2029", "\n\n")
    if _UNTIDY.search(text):
        if " \n" in text or "\t\n" in text or "\xa0\n" in text:
            text = "\n".join(line.rstrip() for line in text.split("\n"))
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def first_sentence(text: str) -> str:
    """Return the first sentence of a text; where no sentence ends in its first paragraph, that paragraph."""
    line = fold(text[:_LONGEST_OPENING].strip().partition("\n\n")[0])
    return line[: next(_ends(line), len(line))]


def summarise(given: str, text: str, longest: int) -> str:
    """Return the publisher's own summary; the text's first sentences where there is none, or it only cuts the text.

    ``given`` is the publisher's, as one line.
    """
    own = _without_appendix(_CUT_ENTITY.sub(_drop_cut_entity, given) if "&" in given else given)
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


def _drop_cut_entity(cut: re.Match[str]) -> str:
    is_entity = cut[1].startswith("#") or (len(cut[1]) > 1 and any(name.startswith(cut[1]) for name in _ENTITIES))
    return "" if is_entity else cut[0]


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
