"""A real browser for the tests: Chromium, told what to do over its own pipe (the DevTools Protocol), and nothing else.

https://chromedevtools.github.io/devtools-protocol/ has the methods. One browser serves all tests of a process; each
page has a context of its own, without cookies and cache of others.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATIENCE = 60.0
# Chromium reads from descriptor 3 and writes to 4.
_LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
_OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    # As root there is no sandbox; what is shown is ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-pings",
    "--mute-audio",
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
    "--lang=en-GB",
)
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), "Space": (32, " "), "Escape": (27, "")}
_SHIFT = 8


def find_chromium() -> str | None:
    """Return the path of a browser that is installed; None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class ChromiumError(Exception):
    """The browser refused what it was told, or did not answer in time."""


@dataclass(slots=True)
class Screen:
    """How large a page's window is, and what its reader prefers."""

    width: int = 1440
    height: int = 900
    is_dark: bool = False
    runs_scripts: bool = True
    scale: float = 1.0


@dataclass(slots=True)
class Seen:
    """What a page did."""

    asked: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """Errors on its console, exceptions, and what its policy (CSP) kept it from."""
    status: int = 0
    loads: int = 0

    @property
    def requests(self) -> list[str]:
        """The addresses that were asked for, without those that the page's policy kept it from."""
        return list(self.asked.values())


class Browser:
    """A running Chromium; use it as a context manager."""

    def __init__(self, executable: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fm-chromium-", ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        launch = [sys.executable, "-c", _LAUNCH, str(theirs_in), str(theirs_out), executable]
        environment = os.environ | {"HOME": self._folder.name, "TZ": "UTC"}
        self._process = subprocess.Popen(
            [*launch, *_OPTIONS, f"--user-data-dir={self._folder.name}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._begun = b""
        self._calls = 0
        self._answers: dict[int, Any] = {}
        self._pages: dict[str, Page] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._out)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        self._folder.cleanup()

    @contextmanager
    def page(self, screen: Screen | None = None, origin: str = "") -> Iterator["Page"]:
        """Open a page in a context of its own; ``origin`` stands before the paths that it visits."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, origin)
        page.prepare(screen or Screen())
        yield page
        del self._pages[session]
        self.call("Target.disposeBrowserContext", browserContextId=context)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """Call a method of the protocol; its result."""
        self._calls += 1
        call = {"id": self._calls, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._out, json.dumps(call).encode() + b"\0")
        number = self._calls
        self.wait_for(lambda: number in self._answers, method)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise ChromiumError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait_for(self, condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Take in what the browser says until a condition holds."""
        ends_at = time.monotonic() + patience
        while not condition():
            if (left := ends_at - time.monotonic()) <= 0:
                raise ChromiumError(f"not within {patience} s: {what}")
            self._take_in(min(left, 0.1))

    def _take_in(self, wait: float) -> None:
        if not select.select([self._in], [], [], wait)[0]:
            return
        if not (read := os.read(self._in, 1 << 20)):
            raise ChromiumError("the browser has ended")
        *messages, self._begun = (self._begun + read).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            elif page := self._pages.get(message.get("sessionId", "")):
                page.note(message["method"], message["params"])


class Page:
    """One page, and what it did."""

    def __init__(self, browser: Browser, session: str, origin: str) -> None:
        self._browser, self._session, self.origin = browser, session, origin
        self.seen = Seen()

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a method of the protocol for this page; its result."""
        return self._browser.call(method, self._session, **parameters)

    def prepare(self, screen: Screen) -> None:
        """Listen to the page, and let it believe in a screen."""
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.call(f"{domain}.enable")
        is_phone = screen.width < 600
        size = {"width": screen.width, "height": screen.height, "deviceScaleFactor": screen.scale}
        self.call("Emulation.setDeviceMetricsOverride", **size, mobile=is_phone)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if screen.is_dark else "light"}
        motion = {"name": "prefers-reduced-motion", "value": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[scheme, motion])
        if not screen.runs_scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def visit(self, path: str) -> int:
        """Go to a path and wait until it is loaded; the status of the answer."""
        before = self.seen.loads
        answer = self.call("Page.navigate", url=f"{self.origin}{path}")
        if failure := answer.get("errorText"):
            raise ChromiumError(f"{path}: {failure}")
        if "loaderId" in answer:
            self._browser.wait_for(lambda: self.seen.loads > before, f"{path} is loaded")
        return self.seen.status

    def evaluate(self, expression: str) -> Any:
        """Return what an expression of JavaScript comes to, a promise's value if it is one."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if fault := answer.get("exceptionDetails"):
            raise ChromiumError(fault.get("exception", {}).get("description") or fault["text"])
        return answer["result"].get("value")

    def wait_until(self, expression: str, patience: float = PATIENCE) -> Any:
        """Return the first value of an expression that is true."""
        found: list[Any] = []
        self._browser.wait_for(lambda: bool(found.append(self.evaluate(expression)) or found[-1]), expression, patience)
        return found[-1]

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key: one of a few by its name, or a character."""
        code, text = _KEYS.get(key, (ord(key.upper()[:1]), key))
        name = " " if key == "Space" else key
        common = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": _SHIFT if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def photograph(self, path: Path | None = None, *, most: int = 6000, whole: bool = True) -> bytes:
        """Return a picture of the page as PNG, and write it to a file; all of it, or what the window shows."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], most), "scale": 1}
        options = {"captureBeyondViewport": True, "clip": clip} if whole else {}
        picture = base64.b64decode(self.call("Page.captureScreenshot", format="png", **options)["data"])
        if path:
            path.write_bytes(picture)
        return picture

    def note(self, method: str, said: Mapping[str, Any]) -> None:
        """Take note of an event."""
        match method:
            case "Page.loadEventFired":
                self.seen.loads += 1
            case "Network.requestWillBeSent":
                self.seen.asked[said["requestId"]] = said["request"]["url"]
            case "Network.loadingFailed" if said.get("blockedReason"):
                self.seen.asked.pop(said["requestId"], None)
            case "Network.responseReceived" if said["type"] == "Document":
                self.seen.status = said["response"]["status"]
            case _:
                self.seen.complaints += filter(None, [_find_complaint(method, said)])


def _find_complaint(method: str, said: Mapping[str, Any]) -> str | None:
    """Return what an event complains of; None where that is nothing."""
    match method:
        case "Page.javascriptDialogOpening":
            return f"a dialogue: {said['message']}"
        case "Runtime.exceptionThrown":
            return str(said["exceptionDetails"])
        case "Runtime.consoleAPICalled" if said["type"] in {"error", "warning", "assert"}:
            return str(said["args"])
        case "Log.entryAdded" if said["entry"]["level"] in {"error", "warning"}:
            return f"{said['entry']['text']} {said['entry'].get('url', '')}"
        case "Audits.issueAdded" if "ContentSecurityPolicy" in said["issue"]["code"]:
            return str(said["issue"]["details"])
    return None
