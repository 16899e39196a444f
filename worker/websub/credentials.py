"""What each subscription's secret is, and the URL that its hub calls: made from one secret of the deployment.

The store, every table of which its readers may see, holds only a salt for each. So no reader can sign as a hub, and no
hub as another one.
"""

import hmac
from dataclasses import dataclass, field

from worker.settings import Settings

PATH = "websub"
"""Where hubs call, below the public URL."""
# Who can guess this many bits needs no callback.
_TOKEN_DIGITS = 40
_FINGERPRINT_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to subscribe, and to know a subscription's hub again."""

    public_url: str
    secret: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """A hash that tells whether a hub was asked with other ones."""
        return self._derive(f"settings {self.public_url}")[:_FINGERPRINT_DIGITS]

    def callback_url(self, subscription_id: int, salt: str) -> str:
        """Return the URL that a subscription's hub calls."""
        return f"{self.public_url}/{PATH}/{subscription_id}/{self._token(salt)}"

    def is_token(self, salt: str, token: str) -> bool:
        """Say whether a URL that was called ends as that of the subscription with this salt."""
        return hmac.compare_digest(self._token(salt).encode(), token.encode())

    def hub_secret(self, salt: str) -> str:
        """Return what a hub signs its deliveries with: text of fewer than 200 bytes (section 5.1)."""
        return self._derive(f"secret {salt}")

    def _token(self, salt: str) -> str:
        return self._derive(f"callback {salt}")[:_TOKEN_DIGITS]

    def _derive(self, purpose: str) -> str:
        return hmac.digest(self.secret.encode(), f"feedmill websub {purpose}".encode(), "sha256").hex()


def read_credentials(chosen: Settings) -> Credentials | None:
    """Return what the settings say; None where no hub can reach us."""
    if chosen.public_url is None or chosen.websub_secret is None:
        return None
    return Credentials(chosen.public_url, chosen.websub_secret.get_secret_value())
