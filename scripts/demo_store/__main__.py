"""Make a demo store: ``python -m scripts.demo_store demo.db``, then ``FEEDMILL_DATABASE_URL=sqlite:///demo.db feedmill web``."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from scripts.demo_store.building import build_demo_store


def main() -> None:
    """Make the store that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.demo_store", description=__doc__)
    parser.add_argument("path", type=Path, help="the SQLite file to make; it must not be there yet")
    parser.add_argument("--seed", type=int, default=1, help="another number makes another store")
    parser.add_argument(
        "--now", type=datetime.fromisoformat, default=datetime.now(UTC), help="when it is in that store"
    )
    chosen = parser.parse_args()
    if chosen.path.exists():
        parser.error(f"{chosen.path} is there already: remove it, or name another file")
    build_demo_store(chosen.path, chosen.now.astimezone(UTC), chosen.seed)


if __name__ == "__main__":
    main()
