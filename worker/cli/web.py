"""Answering over HTTP: ``web``."""

import click

from worker.basics.stopping import LONGEST_ANSWER
from worker.cli.output import write_line, write_stop
from worker.database.engine import open_store
from worker.errors import UsageError
from worker.logs import set_up_logs, speak_in_json
from worker.settings import settings, wants_json_logs
from worker.telemetry.sentry import report_faults

_LAST_PORT = 65_535


@click.command("web")
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="HOST:PORT to listen on; port 0: any.")
def web_command(*, bind: str) -> None:
    """Show the store in a browser, and answer programs, feed readers, monitoring and hubs over HTTP; Ctrl-C ends it.

    The page is at /, the API at /v1/, feeds at /out/. Without FEEDMILL_WEB_TOKEN they are open to this machine alone.
    It is one small process beside the workers. It starts, and goes on answering, while the store cannot be reached.
    """
    host, port = _read_address(bind)
    try:
        from worker.web.application import make_application  # noqa: PLC0415 -- of an extra
        from worker.web.looking import open_to_look  # noqa: PLC0415 -- likewise
        from worker.web.serving import listen, serve  # noqa: PLC0415 -- likewise
    except ModuleNotFoundError as error:
        raise UsageError(
            f"What answers over HTTP is not installed ({error.name}): `pip install '.[web]'` in the clone of Feedmill."
        ) from error
    if wants_json_logs():
        speak_in_json()
    chosen = settings()
    set_up_logs(chosen)
    report_faults(chosen)
    engine = open_store(chosen.database_url, LONGEST_ANSWER)
    application = make_application(engine, chosen, open_to_look(chosen))
    with listen(host, port) as listening:
        bound, taken = listening.getsockname()[:2]
        shown = f"[{bound}]" if ":" in bound else bound
        write_line(f"Answering on http://{shown}:{taken}; Ctrl-C ends this.")
        serve(application, listening)
    write_stop("Stopped.")


def _read_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and port.isascii() and port.isdecimal() and int(port[:6]) <= _LAST_PORT):
        raise UsageError(f"--bind is an address and a port, such as 127.0.0.1:8000 or [::1]:8000; not {text!r}.")
    return host, int(port)
