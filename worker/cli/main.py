"""The commands' table, and how a failure becomes one sentence and an exit code.

Exit codes: 0 done; 1 something that was named failed; 2 wrong usage; 130 stopped by Ctrl-C.
"""

import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from worker.basics.garbage import rare_collections
from worker.errors import NamedError, UsageError

# Each command is imported when it is called: `feedmill --help` needs neither SQLAlchemy nor Celery.
COMMANDS = {
    "run": ("worker.cli.run", "Poll on schedule in this one process; --once polls what is due and ends."),
    "ingest": ("worker.cli.seeds", "Read seed files and folders: dispatches, saved feeds, OPML."),
    "add": ("worker.cli.feeds", "Add feeds, or the feeds of sites' pages."),
    "import": ("worker.cli.seeds", "Add the feeds of an OPML file."),
    "remove": ("worker.cli.feeds", "Remove feeds; their articles stay."),
    "pause": ("worker.cli.feeds", "Stop polling feeds for a while."),
    "resume": ("worker.cli.feeds", "Poll feeds again."),
    "set": ("worker.cli.feed_settings", "Set how feeds are polled and asked for: interval, URL, user, proxy; tags."),
    "poll": ("worker.cli.poll", "Poll now: the named feeds, or all that are due."),
    "backfill": ("worker.cli.backfill", "Read a feed's older documents, as far back as it names some."),
    "feeds": ("worker.cli.listings", "List feeds, and folders of seed files that are feeds."),
    "files": ("worker.cli.listings", "List seed files: those that were refused, and why; those that were read."),
    "hosts": ("worker.cli.hosts", "List hosts, or set how they are treated: gap, requests at a time."),
    "articles": ("worker.cli.articles", "List articles."),
    "search": ("worker.cli.search", "Search articles by their words."),
    "show": ("worker.cli.articles", "Show one article whole."),
    "stories": ("worker.cli.listings", "List stories: articles that are copies of one another."),
    "polls": ("worker.cli.listings", "List the ledger of polls."),
    "coverage": ("worker.cli.coverage", "Show feeds day by day: how much came, what failed, what was missed."),
    "status": ("worker.cli.listings", "Show the store's health at a glance."),
    "web": ("worker.cli.web", "Show the store in a browser; answer programs, feed readers and monitoring over HTTP."),
    "out": ("worker.cli.out", "Write what a search finds as a feed: Atom, RSS or JSON Feed."),
    "export": ("worker.cli.export", "Write the feeds as OPML, or articles, polls, stories or events as a data set."),
    "follow": ("worker.cli.follow", "Follow changes as they are committed."),
    "webhook": ("worker.cli.webhooks", "Have changes delivered to a URL."),
    "check": ("worker.cli.check", "Tell a supervisor whether feeds are polled when due."),
    "metrics": ("worker.cli.metrics", "Write all figures for Prometheus, once."),
    "migrate": ("worker.cli.upkeep", "Bring the store's schema to the newest."),
    "copy": ("worker.cli.copy", "Copy the store into an empty database, SQLite or PostgreSQL."),
    "restored": ("worker.cli.upkeep", "Tell the store that it was restored from a backup."),
    "index": ("worker.cli.search", "Index the articles that search cannot find yet; --again indexes all anew."),
    "group": ("worker.cli.upkeep", "Group articles into stories; --again after a change of rules."),
    "retain": ("worker.cli.retain", "List how long articles are kept, or choose it for a tag."),
    "reparse": ("worker.cli.reparse", "Read kept documents again with today's parser."),
    "prune": ("worker.cli.upkeep", "Remove what has outlived its retention."),
    "sanitise": ("worker.cli.upkeep", "Clean HTML as the store would."),
}
"""Each command's module, which has it as ``<name>_command``, and its sentence."""
_SECTIONS = {"run": "Poll", "feeds": "Look", "web": "Take away", "check": "Monitor", "migrate": "Maintain"}
"""The headings of the table, each by the first command below it."""

STOPPED = "stopped by Ctrl-C; what was stored by then stays."
# As shells have it: 128 and the number of the signal.
_INTERRUPTED = 128 + signal.SIGINT
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class _Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the commands in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        # What is imported stays: looking for garbage in it would be a fifth of importing it.
        with rare_collections():
            command: click.Command = getattr(import_module(COMMANDS[cmd_name][0]), f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is named; of a name that is none, say which one is like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            # click looks for such names among commands that were registered, of which there are none.
            if args[0] not in COMMANDS and (like := get_close_matches(args[0], COMMANDS, n=1)):
                raise click.UsageError(f"No such command '{args[0]}'. Did you mean '{like[0]}'?", ctx) from error
            raise

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a reader of its output may stop reading at any time."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # click itself would call this a failure.
            _drop_output()
            return 0

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name, without importing any, or an option of ours."""
        found = [(name, sentence) for name, (_, sentence) in COMMANDS.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=sentence) for name, sentence in found), *options]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """Write the table of commands without importing any."""
        width = max(map(len, COMMANDS))
        rows: dict[str, list[tuple[str, str]]] = {}
        heading = ""
        for name, (_, sentence) in COMMANDS.items():
            heading = _SECTIONS.get(name, heading)
            rows.setdefault(heading, []).append((name.ljust(width), sentence))
        for heading, commands in rows.items():
            with formatter.section(heading):
                formatter.write_dl(commands)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `feedmill add URL` and `feedmill run`. `feedmill COMMAND --help` says more of each.",
)
@click.version_option(package_name="feedmill", prog_name="feedmill")
def feedmill() -> None:
    """Keep a shared SQL store of news articles up to date."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, this process's own or ``arguments``; a failure that was foreseen is one sentence."""
    try:
        code = feedmill(arguments, prog_name="feedmill", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        _output().show_help(error)
        code = error.exit_code
    except click.ClickException as error:
        _output().show_usage_error(error)
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        # click makes an Abort of Ctrl-C.
        _output().write_failure(STOPPED)
        code = _INTERRUPTED
    except (UsageError, NamedError) as error:
        _output().write_failure(error)
        code = 2 if isinstance(error, UsageError) else 1
    except Exception as error:  # noqa: BLE001 -- whatever nobody thought of is said in a sentence too
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _drop_output()
            reason = os.strerror(error.errno).lower()
            _output().write_failure(f"{error.filename or 'The output'} could not be written: {reason}.")
        else:
            _output().show_fault(error)
        code = 1
    _end(code, is_own=arguments is None)


def _end(code: int, *, is_own: bool) -> NoReturn:
    """End the command line; if it is the process's own, without looking for garbage among all that was imported."""
    if is_own:
        # Python would do so as it ends, for as long as many a command takes, and would close what is in there. SQLite
        # puts its log into the store's file only when that is closed.
        if engine := sys.modules.get("worker.database.engine"):
            engine.forget_engines(is_forked=False)
        gc.freeze()
    sys.exit(code)


def _drop_output() -> None:
    """Give what is left of the output to nobody: what Python flushes at exit must not complain too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _output() -> ModuleType:
    # `feedmill --help` does without it.
    return import_module("worker.cli.output")
