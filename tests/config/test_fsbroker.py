"""The broker without a server loses nothing, whoever dies, and hands each message to one consumer at a time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from textwrap import dedent

import pytest
from kombu import Connection, Queue

from config.fsbroker import Channel, Spool

ROOT = Path(__file__).resolve().parents[2]
QUEUE = Queue("work", routing_key="work")


def connect(folder: Path) -> Connection:
    return Connection("fsbroker://", transport_options={"folder": str(folder)})


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path) as connection:
        yield connection


def publish(connection: Connection, *bodies: object) -> None:
    with connection.Producer(serializer="json") as producer:
        for body in bodies:
            producer.publish(body, routing_key="work", declare=[QUEUE], exchange="")


def python(script: str, folder: Path) -> subprocess.Popen[str]:
    code = f"from pathlib import Path\nfrom config.fsbroker import Spool\nspool = Spool(Path({str(folder)!r}))\n"
    return subprocess.Popen([sys.executable, "-c", code + dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_messages_come_in_the_order_in_which_they_were_sent(broker: Connection) -> None:
    publish(broker, *range(20))
    with broker.SimpleQueue("work") as queue:
        received = [queue.get(timeout=1) for _ in range(20)]
    assert [message.payload for message in received] == list(range(20))


def test_an_acknowledged_message_is_gone_and_an_unacknowledged_one_comes_back(
    broker: Connection, tmp_path: Path
) -> None:
    publish(broker, "first", "second")
    with broker.SimpleQueue("work") as queue:
        queue.get(timeout=1).ack()
        queue.get(timeout=1)
    broker.close()
    with connect(tmp_path) as later, later.SimpleQueue("work") as queue:
        message = queue.get(timeout=1)
        assert message.payload == "second"
        message.ack()
        with pytest.raises(Empty):
            queue.get(block=False)
    assert list((tmp_path / "inflight").iterdir()) == []


def test_a_rejected_message_is_gone_and_a_requeued_one_keeps_its_place(broker: Connection, tmp_path: Path) -> None:
    publish(broker, "first", "second")
    with broker.SimpleQueue("work") as queue:
        queue.get(timeout=1).requeue()
        assert queue.get(timeout=1).payload == "second"
    broker.close()
    with connect(tmp_path) as later, later.SimpleQueue("work") as queue:
        first = queue.get(timeout=1)
        assert first.payload == "first"
        first.reject()
        assert queue.get(timeout=1).payload == "second"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"properties": []}', b"\xff\xfe"])
def test_a_file_that_is_no_message_is_set_aside_and_the_next_one_read(
    broker: Connection, tmp_path: Path, content: bytes
) -> None:
    Spool(tmp_path).put("work", content)
    publish(broker, "good")
    with broker.SimpleQueue("work") as queue:
        message = queue.get(timeout=1)
        assert message.payload == "good"
        message.ack()
    assert len(list((tmp_path / "bad").iterdir())) == 1


def test_a_message_is_never_seen_before_it_is_whole(tmp_path: Path) -> None:
    """Half-written files are hidden: kombu's filesystem transport hands them out empty and its worker dies."""
    spool = Spool(tmp_path)
    spool.put("work", b"whole")
    (tmp_path / "queues" / "work" / ".half").write_bytes(b"")
    taken = spool.take("work")
    assert taken is not None
    assert taken[1] == b"whole"
    assert spool.take("work") is None


def test_a_killed_consumers_message_goes_back_to_its_place(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put("work", b"first")
    spool.put("work", b"second")
    consumer = python("print(spool.take('work')[1].decode(), flush=True)\nimport time; time.sleep(60)", tmp_path)
    assert consumer.stdout is not None
    assert consumer.stdout.readline() == "first\n"
    assert spool.recover() == 0
    os.kill(consumer.pid, signal.SIGKILL)
    consumer.wait()
    consumer.stdout.close()
    assert spool.recover() == 1
    taken = spool.take("work")
    assert taken is not None
    assert taken[1] == b"first"
    assert len(list((tmp_path / "owners").iterdir())) == 1


def test_a_waiting_consumer_finds_a_dead_ones_message_within_seconds(broker: Connection, tmp_path: Path) -> None:
    publish(broker, "kept")
    consumer = python("spool.take('work'); import os; os.kill(os.getpid(), 9)", tmp_path)
    consumer.communicate()
    started = time.monotonic()
    with broker.SimpleQueue("work") as queue:
        message = queue.get(timeout=4)
        assert message.payload == "kept"
        message.ack()
    assert time.monotonic() - started < 3


def test_an_orphaned_child_does_not_keep_its_dead_parents_messages(tmp_path: Path) -> None:
    Spool(tmp_path).put("work", b"kept")
    script = """
        import os, time
        spool.take("work")
        if os.fork() == 0:
            print(os.getpid(), flush=True)
            time.sleep(60)
        time.sleep(0.5)
        os.kill(os.getpid(), 9)
    """
    consumer = python(script, tmp_path)
    assert consumer.stdout is not None
    child = int(consumer.stdout.readline())
    consumer.wait()
    consumer.stdout.close()
    try:
        assert Spool(tmp_path).recover() == 1
    finally:
        os.kill(child, signal.SIGKILL)


def test_two_producers_and_two_consumers_lose_and_double_nothing(tmp_path: Path) -> None:
    produce = "import os\nfor n in range(300): spool.put('work', f'{os.getpid()}-{n}'.encode())"
    consume = """
        import time
        until = time.monotonic() + 20
        while time.monotonic() < until:
            taken = spool.take("work")
            if taken is None:
                time.sleep(0.01)
                continue
            ticket, content = taken
            spool.done(ticket)
            if content == b"end":
                break
            print(content.decode())
    """
    consumers = [python(consume, tmp_path) for _ in range(2)]
    producers = [python(produce, tmp_path) for _ in range(2)]
    for producer in producers:
        producer.communicate(timeout=30)
    for _ in consumers:
        Spool(tmp_path).put("work", b"end")
    received = [line for consumer in consumers for line in consumer.communicate(timeout=30)[0].split()]
    assert len(received) == len(set(received)) == 600


def test_counting_and_purging(broker: Connection) -> None:
    publish(broker, 1, 2, 3)
    channel = broker.default_channel
    assert isinstance(channel, Channel)
    assert channel._size("work") == 3
    assert channel.queue_purge("work") == 3
    assert channel._size("work") == 0
