"""The process behind verification.limited: it reads and weighs what may take long, under limits of its own.

It knows no Django, no database, no secret and no network. Bytes come in at standard input, JSON goes out at standard
output, one answer for each question; it ends when its standard input does. A question is one byte (which operation),
four bytes (length) and the payload; an answer is four bytes and JSON.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from openbadges import contexts, strict_json, wire
from openbadges.case import weigh
from openbadges.errors import OpenBadgesError
from openbadges.inputs import Unreadable, read_badge, unbake
from openbadges.json_types import JsonObject
from openbadges.jsonld import processor
from openbadges.landing import badge_link

MEMORY_BYTES = 512 * 2**20
CPU_SECONDS = WALL_SECONDS = 5
QUESTION, ANSWER = struct.Struct(">BI"), struct.Struct(">I")
ENDED_BY_MEMORY = 3


def _unbake_png(payload: bytes) -> JsonObject:
    return {"text": unbake(payload, "png")}


def _unbake_svg(payload: bytes) -> JsonObject:
    return {"text": unbake(payload, "svg")}


def _read(payload: bytes) -> JsonObject:
    """Whether a long text is a badge; the text itself the asker has."""
    found = read_badge(payload.decode("utf-8"))
    if isinstance(found, Unreadable) and found.error is not None:
        raise found.error
    return {}


def _badge_link(payload: bytes) -> JsonObject:
    return {"href": badge_link(payload.decode("utf-8", "replace"))}


def _weigh(payload: bytes) -> JsonObject:
    # The asker wrote it from values that were bounded when they were read; it may be larger than one badge.
    case, now = wire.case_from_json(strict_json.loads(payload, max_bytes=2**26, max_members=2**20, max_depth=80))
    return wire.report_to_json(weigh(case, now=now))


def _supply(payload: bytes) -> JsonObject:
    """Contexts that whoever runs the command has looked at."""
    contexts.supply(strict_json.loads(payload, max_bytes=2**26, max_members=2**20))  # type: ignore[arg-type]
    return {}


OPERATIONS: tuple[Callable[[bytes], JsonObject], ...] = (_unbake_png, _unbake_svg, _read, _badge_link, _weigh, _supply)
NAMES = tuple(operation.__name__.strip("_") for operation in OPERATIONS)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the asker, whose end ends this process
    _limit_process()
    processor()  # what the first document would wait for
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while (head := questions.read(QUESTION.size)) and len(head) == QUESTION.size:
        operation, length = QUESTION.unpack(head)
        payload = questions.read(length)
        _start_limits()
        _tell(answers, _answer(OPERATIONS[operation], payload))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(operation: Callable[[bytes], JsonObject], payload: bytes) -> JsonObject:
    try:
        return {"ok": operation(payload)}
    except OpenBadgesError as error:
        return {"error": wire.error_to_json(error)}
    except MemoryError:
        os._exit(ENDED_BY_MEMORY)  # whatever is left of this process, nothing of it is worth keeping


def _tell(answers: BinaryIO, answer: JsonObject) -> None:
    data = strict_json.dumps(answer)
    answers.write(ANSWER.pack(len(data)) + data)
    answers.flush()


def _limit_process() -> None:
    """Limits that last. Where a system does not know one (macOS and address space), the others still hold."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):
            continue


def _start_limits() -> None:
    """Processor and wall time for the next question; going over either ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    whole = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (whole, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


if __name__ == "__main__":
    main()
