"""A hub on loopback that follows the specification of WebSub (sections 5 to 7): it verifies, leases and delivers."""

import hmac
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import requests

from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher

_CHALLENGE = "a challenge & more"
_PATIENCE = 30


@dataclass(slots=True)
class Hub:
    """Publishers' topics, who subscribed to them, and what was asked and is not verified yet."""

    publisher: Publisher
    lease_seconds: str = "864000"
    is_prompt: bool = False
    """Whether it verifies before it answers, as some hubs do."""
    asked: list[dict[str, str]] = field(default_factory=list)
    secrets: dict[tuple[str, str], str] = field(default_factory=dict)
    """By topic and callback."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return self.publisher.on("/hub", self._take)

    def _take(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode()))
        with self.lock:
            self.asked.append(form)
        if self.is_prompt:
            self.verify()
        return Answer(status=202)

    def verify(self, **changed: str) -> requests.Response:
        """Ask whoever asked last whether that was meant, and do as it says; ``changed`` is what is said wrongly."""
        form = self.asked[-1]
        said = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": _CHALLENGE}
        said |= {"hub.lease_seconds": self.lease_seconds} if form["hub.mode"] == "subscribe" else {}
        said |= {f"hub.{name}": value for name, value in changed.items()}
        answer = requests.get(form["hub.callback"], said, timeout=_PATIENCE)
        if answer.ok and answer.text == _CHALLENGE:
            key = (form["hub.topic"], form["hub.callback"])
            if form["hub.mode"] == "subscribe":
                self.secrets[key] = form["hub.secret"]
            else:
                self.secrets.pop(key, None)
        return answer

    def deny(self, topic: str, reason: str) -> requests.Response:
        said = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": reason}
        return requests.get(self.asked[-1]["hub.callback"], said, timeout=_PATIENCE)

    def distribute(self, topic: str, body: bytes, method: str = "sha256", **headers: str) -> list[int]:
        """Deliver a document to all who are subscribed to its topic; return what they answered."""
        answers = []
        for (of_topic, callback), secret in list(self.secrets.items()):
            if of_topic == topic:
                signature = f"{method}={hmac.digest(secret.encode(), body, method).hex()}"
                sent = {"Content-Type": "application/rss+xml", "X-Hub-Signature": signature}
                sent |= {name.replace("_", "-"): value for name, value in headers.items()}
                answers.append(requests.post(callback, body, headers=sent, timeout=_PATIENCE).status_code)
        return answers
