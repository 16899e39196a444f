"""A body as it arrives: decoded, never beyond the limit, and in the end complete or an error."""

from worker.basics.measures import show_size
from worker.errors import ErrorClass, PermanentError, RejectedError, TransientError
from worker.fetch.codings import DECODERS, CodingError


class Body:
    """The body of one document; a class because it grows chunk by chunk."""

    def __init__(self, codings: list[str], limit: int) -> None:
        """Raise PollError for content codings that are not undone: more than one, or one that we did not offer."""
        if len(codings) > 1:
            raise RejectedError(ErrorClass.TOO_BIG, "the document is compressed more than once over, as bombs are")
        self._coding = codings[0] if codings else ""
        if self._coding and self._coding not in DECODERS:
            sentence = f"the document is encoded as {self._coding[:40]!r}, which we did not offer"
            raise PermanentError(ErrorClass.PROTOCOL, sentence)
        self._decoder = DECODERS[self._coding]() if self._coding else None
        self._limit = limit
        self._chunks: list[bytes] = []
        self.received = 0
        """Bytes on the wire."""
        self.size = 0
        """Bytes decoded."""

    def add(self, chunk: bytes) -> None:
        """Take in bytes from the wire; PollError ends the body for good."""
        self.received += len(chunk)
        if self._decoder:
            try:
                chunk = self._decoder.decode(chunk, self._limit - self.size + 1)
            except CodingError as error:
                raise TransientError(
                    ErrorClass.PROTOCOL, f"the document is not the {self._coding} it claims"
                ) from error
        self.size += len(chunk)
        if self.size > self._limit:
            raise too_big(self._limit)
        self._chunks.append(chunk)

    def read(self) -> bytes:
        """Return all of it; TransientError if its coding breaks off before the end."""
        if self._decoder and self.received and not self._decoder.is_complete:
            raise TransientError(ErrorClass.INCOMPLETE, f"the document's {self._coding} breaks off before its end")
        return b"".join(self._chunks)


def too_big(limit: int) -> RejectedError:
    """Return the refusal of a document of more than ``limit`` bytes."""
    return RejectedError(ErrorClass.TOO_BIG, f"the document is larger than {show_size(limit)}")
