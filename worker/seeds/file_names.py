"""Names of seed files: as text that a database can keep, and those that are passed over."""

SETTINGS_FILE = "feed.toml"
"""What a folder's settings are called; the file is no seed."""
# How editors name their backups, and programs the files that they are still writing.
_PASSED_OVER = tuple(
    "~ .bak .swp .tmp .temp .part .partial .filepart .crdownload .download .lock .writing .incomplete".split()
)


def is_passed_over(name: str) -> bool:
    """Say whether a file is hidden, an editor's backup or an unfinished download, by its own name."""
    return name.startswith(".") or name.lower().endswith(_PASSED_OVER)


def name_as_text(name: str) -> str:
    """Return a file's name as text: not every one is."""
    return name.encode(errors="backslashreplace").decode()
