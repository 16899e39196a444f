"""Plain text where HTML is expected."""


def as_html(text: str | None) -> str | None:
    """Return plain text so that it reads the same as HTML, which titles and summaries are from here on."""
    return text.replace("<", "&lt;") if text else None
