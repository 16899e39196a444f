"""What agencies append to a dispatch for their customers: dpa's notebook with notes, links and contacts."""

import re

from worker.basics.text import fold

# The heading of the notebook, or the line above what is not for publication where there is no heading.
_NOTEBOOK = re.compile(
    r"^(?:#{1,3} ?(?:dpa-)?(?:Notizblock|Notebook|Bloc-notes|Bloc de notas)\b.{0,20}"  # codespell:ignore
    r"|(?:\* ?){3,5}\n?(?:Die folgenden Informationen sind nicht|The following information is not).{0,80}"
    r"|[*\s]{0,9}(?:The following information is not (?:intended )?for publication"
    r"|Die folgenden Informationen sind nicht zur Veröffentlichung bestimmt).{0,20})$",
    re.MULTILINE | re.IGNORECASE,
)
_SECTION = re.compile(r"^## ?(?P<heading>.{1,80})$", re.MULTILINE)
_NOT_FOR_PUBLICATION = re.compile(r"^(?:\* ?){3,5}$|^(?:Die folgenden|The following) .{20,100}$", re.MULTILINE)
_ITEM = re.compile(r"^- ", re.MULTILINE)
# The last line of a dispatch of dpa: author, service, editor; and of APA: (Schluss) amu/bpo.
_INITIALS = re.compile(
    r"^dpa(?:[ /]\w{1,5}){1,6}$|\((?:Schluss|Forts\.)\)(?: [a-z]{2,4}(?:[/-][a-z]{2,4}){0,3})?$", re.MULTILINE
)
# [Swiss government statement](http://dpaq.de/EM405)
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(([^()\n]{1,200})\)")
# What an editor needs first.
_FIRST = ("Berichtigung", "Correction", "Redaktionelle", "Note to", "Refile", "Achtung")
_LONGEST = 4_000


def split_notebook(text: str) -> tuple[str, str | None]:
    """Return a text without its notebook, and the notebook as one line: editorial notes first, then the rest."""
    found = _NOTEBOOK.search(text)
    if found is None:
        return _without_initials(text), None
    notebook = _NOT_FOR_PUBLICATION.sub("", _without_initials(text[found.end() :][:_LONGEST]))
    opening, *sections = _SECTION.split(notebook)
    pairs = sorted(zip(sections[::2], sections[1::2], strict=True), key=lambda pair: not pair[0].startswith(_FIRST))
    written = [_write_items(opening), *(_write_section(*pair) for pair in pairs)]
    return text[: found.start()], " ".join(filter(None, written)) or None


def _write_section(heading: str, body: str) -> str:
    items = _write_items(body)
    return f"{heading.strip()}: {items}" if items else ""


def _write_items(body: str) -> str:
    items = filter(None, map(fold, _ITEM.split(_LINK.sub(r"\1 (\2)", body))))
    line = "; ".join(items)
    return line if not line or line.endswith((".", "!", "?")) else f"{line}."


def _without_initials(text: str) -> str:
    return _INITIALS.sub("", text)
