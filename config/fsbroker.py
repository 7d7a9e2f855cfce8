"""A Celery broker that needs no server: messages are files in a folder of this machine.

kombu's own `filesystem://` removes a message when it is read, so a killed worker loses it, and it creates a file
before writing it, so a reader can find it empty. Here a message appears by rename, stays in `inflight/` under its
consumer's name until it is acknowledged, and goes back when that consumer is dead. A local disk is needed: the locks
and renames are not safe on network file systems.

    <folder>/queues/<queue>/<time>-<id>       waiting, oldest first
    <folder>/inflight/<owner>~<queue>~<name>  taken and not yet acknowledged
    <folder>/owners/<owner>                   locked for as long as the process that took them lives
    <folder>/bad/<queue>~<name>               not a message; kept for a look
"""

import fcntl
import logging
import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from time import monotonic, time_ns
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
SECONDS_BETWEEN_RECOVERIES = 2.0
FOLDERS = ("queues", "inflight", "owners", "bad")

# One lock file per process and folder. A forked child must not act under its parent's name, hence the pid.
_owners: dict[tuple[int, Path], str] = {}


class Spool:
    """The files. `take` hands out a message's bytes and its place in `inflight`, which `done` or `give_back` ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._listings: dict[str, deque[str]] = {}

    def put(self, queue: str, message: bytes) -> None:
        """Publish. Not synced to disk: after a power cut the database still knows what there is to do."""
        target = self._queue(queue)
        name = f"{time_ns():020d}-{uuid4().hex}"
        hidden = target / f".{name}"
        hidden.write_bytes(message)
        hidden.rename(target / name)

    def take(self, queue: str) -> tuple[Path, bytes] | None:
        """The oldest message that nobody else took, or None."""
        source = self._queue(queue)
        listing = self._listings.setdefault(queue, deque())
        if not listing:
            listing.extend(sorted(_names(source)))
        while listing:
            name = listing.popleft()
            ticket = self.folder / "inflight" / f"{self._owner()}~{source.name}~{name}"
            try:
                (source / name).rename(ticket)
            except FileNotFoundError:
                continue  # another worker was faster
            return ticket, ticket.read_bytes()
        return None

    def done(self, ticket: Path) -> None:
        ticket.unlink(missing_ok=True)

    def give_back(self, ticket: Path) -> None:
        """Return a message to the place in its queue that it had."""
        _, queue, name = ticket.name.split("~", 2)
        try:
            ticket.rename(self.folder / "queues" / queue / name)
        except FileNotFoundError:
            return  # acknowledged meanwhile

    def set_aside(self, ticket: Path) -> None:
        ticket.rename(self.folder / "bad" / ticket.name.partition("~")[2])

    def recover(self) -> int:
        """Give back what dead consumers had taken; return the number of messages."""
        count = 0
        taken = sorted(_names(self.folder / "inflight"))
        owners = {name.partition("~")[0] for name in taken} | set(_names(self.folder / "owners"))
        for owner in owners - set(_owners.values()):
            with _DeathCertificate(self.folder / "owners" / owner) as is_dead:
                if is_dead:
                    tickets = [name for name in taken if name.startswith(f"{owner}~")]
                    for name in tickets:
                        self.give_back(self.folder / "inflight" / name)
                    count += len(tickets)
        return count

    def size(self, queue: str) -> int:
        return sum(1 for _ in _names(self._queue(queue)))

    def purge(self, queue: str) -> int:
        count = 0
        for name in _names(self._queue(queue)):
            (self._queue(queue) / name).unlink(missing_ok=True)
            count += 1
        return count

    def _queue(self, queue: str) -> Path:
        path = self.folder / "queues" / quote(queue, safe="")
        path.mkdir(exist_ok=True)
        return path

    def _owner(self) -> str:
        """This process's name. Its file is locked before others can see it, or they might take it for dead."""
        key = (os.getpid(), self.folder)
        if key not in _owners:
            name = uuid4().hex
            hidden = self.folder / "owners" / f".{name}"
            descriptor = os.open(hidden, os.O_CREAT | os.O_RDWR, 0o600)  # open, and so locked, until the process ends
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            hidden.rename(self.folder / "owners" / name)
            _owners[key] = name
        return _owners[key]


class _DeathCertificate:
    """Whether the process that locked `path` is dead; while open, nobody else can find the same and act on it.

    lockf, not flock: the lock then belongs to the consumer alone and not to the children it forked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> bool:
        self.descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.lockf(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.is_dead = False
        else:
            self.is_dead = True
        return self.is_dead

    def __exit__(self, *_: object) -> None:
        if self.is_dead:
            self.path.unlink(missing_ok=True)
        os.close(self.descriptor)


def _names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                yield entry.name


class QoS(virtual.QoS):
    """Acknowledging removes the file; the rest is kombu's."""

    channel: "Channel"

    def ack(self, delivery_tag: str) -> None:
        self.channel.finish(delivery_tag)
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if not requeue:
            self.channel.finish(delivery_tag)
        super().reject(delivery_tag, requeue=requeue)


class Channel(virtual.Channel):
    """kombu's view of a Spool. For consumers that acknowledge; without (`no_ack`) messages come back."""

    connection: Any

    QoS = QoS
    supports_fanout = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spool = Spool(Path(self.connection.client.transport_options["folder"]))
        self._tickets: dict[str, Path] = {}
        self._next_recovery = 0.0

    def finish(self, delivery_tag: str) -> None:
        if ticket := self._tickets.pop(delivery_tag, None):
            self.spool.done(ticket)

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        self.spool.put(queue, dumps(message).encode())

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        if monotonic() >= self._next_recovery:
            self._next_recovery = monotonic() + SECONDS_BETWEEN_RECOVERIES
            if count := self.spool.recover():
                logger.warning("A worker died; %d of its messages go to others", count)
        while taken := self.spool.take(queue):
            ticket, content = taken
            try:
                message: dict[str, Any] = loads(content)
                self._tickets[message["properties"]["delivery_tag"]] = ticket
            except (ValueError, TypeError, KeyError):
                logger.error("Not a message, set aside: %s", ticket.name)
                self.spool.set_aside(ticket)
            else:
                return message
        raise Empty

    def _restore(self, message: virtual.Message) -> None:
        if ticket := self._tickets.pop(str(message.delivery_tag), None):
            self.spool.give_back(ticket)

    _restore_at_beginning = _restore

    def _size(self, queue: str) -> int:
        return self.spool.size(queue)

    def _purge(self, queue: str) -> int:
        return self.spool.purge(queue)


class Transport(virtual.Transport):
    """`fsbroker://` with transport option `folder`; config/celery.py makes the name known to kombu."""

    Channel = Channel
    cycle: Any
    default_port = 0
    polling_interval = 0.05
    driver_type = "fsbroker"
    driver_name = "fsbroker"
    implements = virtual.Transport.implements.extend(asynchronous=True, exchange_type=frozenset(["direct", "topic"]))

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Look for messages in a worker's event loop.

        Only a worker with an event loop gives each of its processes a pipe of its own. Without one they share a lock,
        and one that is killed while it holds the lock stops all others for ever.
        """
        loop.call_repeatedly(self.polling_interval, self._hand_over)

    def _hand_over(self) -> None:
        """Deliver what waits, as far as the worker takes more."""
        try:
            while True:
                self.cycle.get(self._deliver)
        except Empty:
            pass

    def driver_version(self) -> str:
        return "1"
