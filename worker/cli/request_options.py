"""How a feed is asked for, as it is typed: the options of ``set`` for users, header lines, our name and proxies."""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from worker.basics import request_rules as rules
from worker.cli.options import DEFAULT
from worker.cli.typed_secrets import read_password, read_secret
from worker.errors import UsageError
from worker.manage.feed_requests import RequestChange
from worker.values.request_settings import DIRECT, Proxy

_RISK = "Nobody would notice if somebody on the way changed what it says, or read what we send it."


def checked(read: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return an option's callback that reads its text, or each of its texts; UsageError names the option."""

    def read_all(_context: click.Context, option: click.Parameter, typed: Any) -> Any:
        try:
            if isinstance(typed, tuple):
                return tuple(read(text) for text in typed)
            return None if typed is None else read(typed)
        except ValueError as error:
            raise UsageError(f"{option.opts[0]}: {error}.") from error

    return read_all


def _read_header(text: str) -> tuple[str, str | None]:
    """Read ``NAME: VALUE``, or only the name: the value is then asked for."""
    name, colon, value = text.partition(":")
    name = rules.read_header_name(name)
    return name, rules.check_header_value(name, value) if colon else None


def _read_header_variable(text: str) -> tuple[str, str]:
    name, _, variable = text.partition(":")
    return rules.read_header_name(name), rules.read_variable(variable.strip())


def _read_agent(text: str) -> str:
    return "" if text == DEFAULT else rules.check_user_agent(text)


def _read_proxy(text: str) -> Proxy | str:
    if text in {DEFAULT, DIRECT}:
        return "" if text == DEFAULT else DIRECT
    proxy = rules.read_proxy(text)
    if proxy.password is not None:
        raise ValueError(
            "a password on a command line can be read by others; name only the user, and the password is asked for"
        )
    return proxy


_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "--user": {
        "metavar": "NAME",
        "callback": checked(rules.check_user),
        "help": "HTTP Basic user; the password comes from FEEDMILL_PASSWORD, standard input or a prompt.",
    },
    "--password-env": {
        "metavar": "VARIABLE",
        "callback": checked(rules.read_variable),
        "help": "The variable that holds the password wherever workers run.",
    },
    "--no-user": {"is_flag": True, "help": "Send no user and password any more."},
    "--header": {
        "multiple": True,
        "metavar": "'NAME: VALUE'",
        "callback": checked(_read_header),
        "help": "Send a header line, whose value is kept secret; of NAME alone the value is asked for.",
    },
    "--header-env": {
        "multiple": True,
        "metavar": "'NAME: VARIABLE'",
        "callback": checked(_read_header_variable),
        "help": "Send a header line whose value a variable holds wherever workers run.",
    },
    "--no-header": {
        "multiple": True,
        "metavar": "NAME",
        "callback": checked(rules.read_header_name),
        "help": "Send a header line no more.",
    },
    "--user-agent": {"callback": checked(_read_agent), "help": "Go by another name than others, or default."},
    "--proxy": {
        "metavar": "URL",
        "callback": checked(_read_proxy),
        "help": "Ask through http://, https:// or socks5h://[USER@]HOST:PORT; none; or default, that of the settings.",
    },
    "--proxy-password-env": {
        "metavar": "VARIABLE",
        "callback": checked(rules.read_variable),
        "help": "The variable that holds the password of the proxy's user.",
    },
    "--insecure/--secure": {"default": None, "help": "Leave the certificates of its host unchecked, or check them."},
    "--http2/--no-http2": {
        "default": None,
        "help": "Offer HTTP/2 at once, or (usual) if nothing else will do.",
    },
    "--yes": {"is_flag": True, "help": "Do not ask whether --insecure is meant."},
}
_NAMES = [option.split("/")[0].removeprefix("--").replace("-", "_") for option in _OPTIONS]


def request_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say how a feed is asked for."""
    for option, details in reversed(list(_OPTIONS.items())):
        command = click.option(option, **details)(command)
    return command


def take_request_change(options: dict[str, Any], feeds: Sequence[str]) -> RequestChange | None:
    """Take what is said of requests out of a command's options; None where nothing is.

    Secrets that are not given yet are asked for, and whether --insecure is meant. UsageError says what is wrong.
    """
    said = {name: options.pop(name) for name in _NAMES}
    is_meant = said.pop("yes")
    # False says something of these two alone: that they end.
    is_ended = False in {said["insecure"], said["http2"]}
    if not is_ended and not any(value not in {None, False, ()} for value in said.values()):
        return None
    _refuse_contradictions(said)
    _refuse_headers(said)
    if said["insecure"] and len(feeds) > 1:
        raise UsageError("--insecure is for one feed at a time.")
    if said["insecure"] and not is_meant:
        _confirm_insecure(feeds[0])
    change = RequestChange(
        user=said["user"],
        password_variable=said["password_env"],
        header_variables=dict(said["header_env"]),
        drops_user=said["no_user"],
        dropped_headers=said["no_header"],
        user_agent=said["user_agent"],
        proxy=said["proxy"],
        proxy_variable=said["proxy_password_env"],
        is_insecure=said["insecure"],
        offers_http2=said["http2"],
    )
    return _with_secrets(change, dict(said["header"]))


def _refuse_contradictions(said: Mapping[str, Any]) -> None:
    proxy = said["proxy"]
    has_proxy_user = isinstance(proxy, Proxy) and proxy.user is not None
    contradictions = {
        "--user and --no-user contradict each other": said["user"] and said["no_user"],
        "--password-env goes with --user": said["password_env"] and not said["user"],
        "--proxy-password-env goes with a --proxy that names its user": said["proxy_password_env"]
        and not has_proxy_user,
    }
    for sentence, is_met in contradictions.items():
        if is_met:
            raise UsageError(f"{sentence}.")


def _refuse_headers(said: Mapping[str, Any]) -> None:
    """Refuse headers that are named twice, or are too many."""
    named = [name for name, _ in (*said["header"], *said["header_env"])]
    times = Counter(name.lower() for name in (*named, *said["no_header"]))
    if said["user"]:
        times["authorization"] += 1
    if twice := [name for name, count in times.items() if count > 1]:
        raise UsageError(f"{twice[0]} is set more than once: the options contradict each other.")
    if len(named) > rules.MOST_HEADERS:
        raise UsageError(f"A feed has at most {rules.MOST_HEADERS} headers of its own.")


def _confirm_insecure(feed: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"--insecure needs --yes. {_RISK}")
    click.confirm(f"Leave certificates unchecked for {feed}? {_RISK}", abort=True, err=True)


def _with_secrets(change: RequestChange, headers: Mapping[str, str | None]) -> RequestChange:
    """Ask for the secrets that a change lacks, in this order: the password, values of headers, the proxy's password."""
    password = read_password() if change.user is not None and not change.password_variable else None
    values = {name: _ask_for_value(name) if value is None else value for name, value in headers.items()}
    proxy = change.proxy
    if isinstance(proxy, Proxy) and proxy.user is not None and not change.proxy_variable:
        proxy = replace(proxy, password=_ask_checked("--proxy", "password for the proxy", rules.check_password))
    return replace(change, password=password, headers=values, proxy=proxy)


def _ask_for_value(name: str) -> str:
    return _ask_checked("--header", f"value of {name}", lambda value: rules.check_header_value(name, value))


def _ask_checked(option: str, what: str, check: Callable[[str], str]) -> str:
    try:
        return check(read_secret(what))
    except ValueError as error:
        raise UsageError(f"{option}: {error}.") from error
