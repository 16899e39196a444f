"""Print ``docs/dictionary.md``: ``.venv/bin/python -m scripts.dictionary > docs/dictionary.md``."""

from worker.datasets.dictionary import write_dictionary


def main() -> None:
    """Print the page."""
    print("\n".join(write_dictionary()))


if __name__ == "__main__":
    main()
