"""Which mailboxes this process reads, and with which passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.errors import ErrorClass, TransientError
from worker.fetch.mailbox_session import MailLimits
from worker.fetch.secrets_file import SecretsFile, SecretsFileError
from worker.values.mail_intake import Mailbox
from worker.values.schedules import Bounds


@dataclass(frozen=True, slots=True)
class MailAccess:
    """The mailboxes that the settings name, and what reading them needs."""

    mailboxes: Mapping[str, Mailbox]
    """By their URLs."""
    limits: MailLimits
    bounds: Bounds
    secrets: SecretsFile
    password: str | None = field(default=None, repr=False)
    """Of every mailbox whose URL has none."""

    def find_password(self, mailbox: Mailbox) -> str:
        """Return a mailbox's password; TransientError where nobody has told it."""
        if given := mailbox.password or self.password:
            return given
        sentence = (
            f"the password of {mailbox.url} is not known here: FEEDMILL_MAILBOX_PASSWORD or the secrets file holds it"
        )
        try:
            kept = self.secrets.find(mailbox.url).password
        except SecretsFileError as error:
            # Whoever keeps no such file has chosen the variable.
            is_missing = isinstance(error.__cause__, FileNotFoundError)
            raise TransientError(ErrorClass.SETTINGS, sentence if is_missing else f"{sentence}; {error}") from error
        if kept is None:
            raise TransientError(ErrorClass.SETTINGS, sentence)
        return kept
