"""Reading and weighing under limits: files, long texts and slow documents go to a process that may be ended.

A few warm processes (verification.limited_worker) wait behind each of ours. They get bytes and give back plain values;
one that takes too much time or memory is ended and the next question starts another. They hold no secret: of our
environment nothing is passed on. They end with us, because their standard input does.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import IO, Any

from openbadges import case, contexts, strict_json, wire
from openbadges.canonical import SlowPath, fast_path_only
from openbadges.case import Case
from openbadges.errors import OpenBadgesError, TooCostly
from openbadges.facts import Source
from openbadges.inputs import Badge, Picture, Unreadable, read_badge
from openbadges.json_types import JsonObject
from openbadges.report import Report
from verification.limited_worker import ANSWER, NAMES, QUESTION, WALL_SECONDS

SHORT_TEXT = 64 * 2**10
"""Letters up to which a text is read and weighed here: no document so short takes long on the compiled path."""
MOST_PROCESSES = 2
_SECONDS_TO_START = 5
_LONGEST_ANSWER = 2**24
_ROOT = Path(__file__).resolve().parent.parent
_log = logging.getLogger(__name__)


def unbake(data: bytes, picture: Picture) -> str:
    """The text in a picture. Raises OpenBadgesError."""
    text: str = _pool.ask(f"unbake_{picture}", data)["text"]
    return text


def read(text: str, found_in: Source | None = None) -> Badge | Unreadable:
    """Read JSON or a token. Raises nothing."""
    if len(text) > SHORT_TEXT:
        try:
            _pool.ask("read", text.encode("utf-8", "replace"))
        except OpenBadgesError as error:
            return Unreadable(found_in or ("json" if text.startswith(("{", "[")) else "token"), error)
    return read_badge(text, found_in)


def badge_link(html: bytes) -> str | None:
    """The address of the badge that a page names. Raises OpenBadgesError."""
    href: str | None = _pool.ask("badge_link", html)["href"]
    return href


def weigh(about: Case, *, now: datetime) -> Report:
    """The verdict on a case: here where it is quick, else in a process with limits. Raises TooCostly."""
    if _is_short(about):
        try:
            with fast_path_only():
                return case.weigh(about, now=now)
        except SlowPath:
            pass
    answer = _pool.ask("weigh", strict_json.dumps(wire.case_to_json(about, now=now)))
    return wire.report_from_json(answer, about.badge)


def warm(*, after: float = 0.0) -> None:
    """Start a process, so that the first question does not wait for it; `after` so many seconds, in a thread."""
    if not after:
        return _pool.warm()
    later = Timer(after, _pool.warm)
    later.daemon = True
    later.start()
    return None


def _is_short(about: Case) -> bool:
    return about.badge.size <= SHORT_TEXT


def supply_contexts(documents: Mapping[str, JsonObject]) -> None:
    """Hold further JSON-LD contexts, here and in every process from now on (openbadges.contexts.supply)."""
    contexts.supply(documents)
    _pool.supply(strict_json.dumps(dict(documents)))


def close() -> None:
    """End the processes that wait. Whoever asks again starts new ones."""
    _pool.close()


class _Ended(Exception):
    """The process is no more."""


class _Process:
    """One process that answers. Whoever has it is the only one to use it."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a module of ours under our own interpreter
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"},
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._questions: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._is_new = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, operation: str, payload: bytes) -> Any:
        """Its answer. Raises _Ended when there is none in time."""
        # The process keeps its own time; this one is for a process that cannot even do that.
        seconds = WALL_SECONDS + 1 + (_SECONDS_TO_START if self._is_new else 0)
        self._is_new = False
        watch = Timer(seconds, self._process.kill)
        watch.start()
        try:
            self._questions.write(QUESTION.pack(NAMES.index(operation), len(payload)) + payload)
            self._questions.flush()
            head = self._answers.read(ANSWER.size)
            data = self._answers.read(ANSWER.unpack(head)[0]) if len(head) == ANSWER.size else b""
        except OSError:
            data = b""
        finally:
            watch.cancel()
        try:
            return strict_json.loads(data, max_bytes=_LONGEST_ANSWER)
        except OpenBadgesError:
            raise _Ended from None

    def end(self) -> int:
        """End it and give its exit status."""
        self._process.kill()
        self._close()
        return self._process.wait()

    def _close(self) -> None:
        for pipe in (self._questions, self._answers):
            try:
                pipe.close()
            except OSError:  # what it did not read any more
                continue

    def leave(self) -> None:
        """Let go of a process that belongs to the process that we were forked from."""
        self._close()
        self._process.returncode = 0  # it is not ours to wait for


class Pool:
    """The processes of this process, started when first needed."""

    def __init__(self, module: str = "verification.limited_worker") -> None:
        self._module = module
        self._idle: list[_Process] = []
        self._lock = Lock()
        self._free = BoundedSemaphore(MOST_PROCESSES)
        self._contexts = b""

    def supply(self, contexts: bytes) -> None:
        """Tell each process of some contexts before its first question."""
        self.close()
        self._contexts = contexts

    def ask(self, operation: str, payload: bytes) -> Any:
        """The answer's value. Raises the OpenBadgesError that the operation raised, TooCostly at a breach."""
        with self._process() as process:
            answer = process.ask(operation, payload)
            if not isinstance(answer, dict) or len(answer.keys() & {"ok", "error"}) != 1:
                raise _Ended
        if "error" in answer:
            raise wire.error_from_json(answer["error"])
        return answer["ok"]

    def warm(self) -> None:
        with self._lock:
            if not self._idle:
                self._idle.append(self._new())

    def pids(self) -> list[int]:
        """The processes that wait for a question."""
        with self._lock:
            return [process.pid for process in self._idle]

    def close(self) -> None:
        """End all that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.end()

    def forget(self) -> None:
        """After a fork: the processes are our parent's, and must see it end."""
        for process in self._idle:
            process.leave()
        self.__init__(self._module)  # type: ignore[misc]  # the locks, too, are as they were at the fork

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        if not self._free.acquire(timeout=WALL_SECONDS):
            raise TooCostly("Too much else is being checked here at the moment.")
        process = None
        try:
            process = self._take()
            yield process
            with self._lock:
                self._idle.append(process)
        except _Ended:
            assert process is not None
            _log.warning("An input went over the limits of one input: its process ended with %s.", _way(process.end()))
            raise TooCostly("Checking this takes more time or memory than any badge needs.") from None
        except OSError as error:
            _log.error("No process could be started for an input: %s", error)
            raise TooCostly("There is no room here to check this at the moment.") from None
        except BaseException:  # a fault of ours: the process may be in the middle of an answer
            if process is not None:
                process.end()
            raise
        finally:
            self._free.release()

    def _take(self) -> _Process:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_alive():
                    return process
                process.end()
        return self._new()

    def _new(self) -> _Process:
        process = _Process(self._module)
        try:
            if self._contexts:
                process.ask("supply", self._contexts)
        except _Ended:
            raise OSError(f"A new process ended with {_way(process.end())}.") from None
        return process


def _way(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"


_pool = Pool()
atexit.register(close)
os.register_at_fork(after_in_child=_pool.forget)
