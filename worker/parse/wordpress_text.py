"""What WordPress stores of a post, as the HTML that it shows: blank lines part paragraphs, shortcodes are no words.

The rules are those of WordPress's ``wpautop``, as far as they change what a reader sees.
"""

import re

# Blocks that hold paragraphs, and those that hold none.
_HOLDERS = "address|article|aside|blockquote|details|div|footer|form|header|main|nav|section"
_LEAVES = "dl|figure|h[1-6]|ol|p|pre|script|style|table|ul"
_AROUND_HOLDERS = re.compile(rf"</?(?:{_HOLDERS}|hr|iframe)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_LEAF = re.compile(rf"<({_LEAVES})(?=[\s>])[^<>]*>(?:(?!<\1[\s>]).)*?</\1>", re.DOTALL | re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")
_BLOCK = re.compile(
    rf"</?(?:{_HOLDERS}|{_LEAVES}|hr|iframe|li|tr|td|th|dt|dd|tbody|thead|figcaption)(?=[\s/>])", re.IGNORECASE
)
# The editor of blocks writes the paragraphs itself, and marks its blocks by comments.
_BLOCK_COMMENT, _COMMENT = "<!-- wp:", re.compile(r"<!--\s*/?wp:[^<>]*-->|<!--\s*(?:more|nextpage)\b[^<>]*-->")
_SHORTCODE = re.compile(r"\[(?P<end>/?)(?P<name>[A-Za-z][\w-]{1,60})(?P<attributes>(?:\s[^\[\]<>]{0,2000})?)/?\]")
# Those that WordPress knows, which need neither attributes nor an end.
_KNOWN = frozenset("audio caption embed gallery playlist video wp_caption".split())


def as_html(stored: str) -> str:
    """Return the HTML of a post's stored text."""
    text = drop_shortcodes(stored.replace("\r\n", "\n").replace("\r", "\n"))
    if _BLOCK_COMMENT in text:
        return _COMMENT.sub("", text).strip()
    text = _COMMENT.sub("\n\n", text)
    pieces, place = [], 0
    for leaf in _LEAF.finditer(text):
        pieces += [_part(text[place : leaf.start()]), leaf[0]]
        place = leaf.end()
    return "\n".join(filter(None, [*pieces, _part(text[place:])]))


def drop_shortcodes(text: str) -> str:
    """Return a text without shortcodes, and with what they enclose; ``[sic]`` is none."""
    closed = {found["name"] for found in _SHORTCODE.finditer(text) if found["end"]}

    def replace(found: re.Match[str]) -> str:
        name = found["name"]
        is_shortcode = name in closed or name in _KNOWN or "_" in name or "=" in found["attributes"]
        return "" if is_shortcode else found[0]

    return _SHORTCODE.sub(replace, text)


def _part(text: str) -> str:
    """Return text that holds no other blocks than holders of paragraphs, with its paragraphs marked."""
    chunks = _BLANK_LINES.split(_AROUND_HOLDERS.sub(lambda tag: f"\n\n{tag[0]}\n\n", text))
    return "\n".join(_paragraph(chunk.strip()) for chunk in chunks if chunk.strip())


def _paragraph(chunk: str) -> str:
    return chunk if _BLOCK.match(chunk) else f"<p>{'<br>'.join(chunk.splitlines())}</p>"
