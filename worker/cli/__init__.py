"""The command ``feedmill``."""

from worker.cli.main import main

__all__ = ["main"]
