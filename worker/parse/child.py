"""The parser's child process: reads documents from standard input and answers on standard output, until either ends.

Feed parsers hang, crash and devour memory on documents made for that; here they take nothing else with them.
"""

import os
import resource
import sys
from typing import BinaryIO

from worker.basics.event_lines import JSON_LINES, EventLines
from worker.basics.faults import as_failure, is_interruption
from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse.document import parse_document
from worker.parse.frames import LENGTHS, pack_answer, unpack_request


def main() -> None:
    """Answer documents one after the other."""
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Whatever a library prints must not get between the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if sys.argv[2:] == [JSON_LINES]:
        sys.stdout = sys.stderr = EventLines(sys.stderr, "error")
    with answers:
        while lengths := sys.stdin.buffer.read(LENGTHS.size):
            answers.write(_answer(sys.stdin.buffer, *LENGTHS.unpack(lengths)))
            answers.flush()


def _answer(requests: BinaryIO, head_length: int, body_length: int) -> bytes:
    document, request = unpack_request(requests.read(head_length), requests.read(body_length))
    _allow_cpu(request.cpu.total_seconds())
    try:
        return pack_answer(parse_document(document, request.max_entries))
    except PollError as error:
        return pack_answer(error)
    except MemoryError:
        return _fail("the document needs more memory to read than is allowed")
    except BaseException as error:
        if is_interruption(error):
            raise
        # Whatever a parser trips over is that document's failure.
        return pack_answer(as_failure(error))


def _fail(sentence: str) -> bytes:
    return pack_answer(PermanentError(ErrorClass.PARSE, sentence))


def _allow_cpu(seconds: float) -> None:
    """Let this process use so much more CPU; the kernel ends it with SIGXCPU when it wants more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
