"""1,000 rows on PostgreSQL and Redis, with the worker and the beat of docker-compose.yml."""

import os
import signal
import time
from collections.abc import Callable, Sequence

import pytest
import redis

from tests.processes.installation import LEARNERS_1000, Command, Installation, assert_issued_once, until

pytestmark = [pytest.mark.services, pytest.mark.timeout(120)]


def award(achievement: str) -> Sequence[object]:
    chosen = ("--issuer", "sample-it-academy", "--achievement", achievement)
    return ("award", *chosen, "--csv", LEARNERS_1000, "--wait", "--json")


def batch_with_both_chunks_taken(installation: Installation, command: Command) -> int:
    """The id of the running batch, once each of the two worker processes holds one of its two chunks."""
    taken = (
        "SELECT batch_id FROM credentials_batchchunk WHERE finished_at IS NULL AND owner <> ''"
        " GROUP BY batch_id HAVING count(DISTINCT owner) = 2"
    )
    [(batch,)] = until(lambda: installation.query(taken), within=60, what="both chunks are taken", during=command)
    return int(batch)


def test_a_thousand_rows_are_awarded_and_verified_although_a_pool_child_is_killed(
    production: Installation,
    compose: dict[str, Sequence[str]],
    record_property: Callable[[str, object], None],
) -> None:
    started = time.monotonic()
    with (
        production.worker(compose["worker"]) as worker,
        production.worker([*compose["beat"], f"--schedule={production.folder / 'beat'}"], name="beat"),
        production.begin(*award("it-security")) as command,
    ):
        batch = batch_with_both_chunks_taken(production, command)
        children = set(worker.children())
        assert len(children) == 2
        os.kill(min(children), signal.SIGKILL)
        until(lambda: len(set(worker.children()) - children) == 1, within=20, what="another child takes its place")
        assert command.wait(60) == 0, command.err.read_text()
        seconds = time.monotonic() - started
    record_property("seconds", round(seconds, 1))
    print(f"1,000 awards on PostgreSQL and Redis, started from nothing, a child killed: {seconds:.1f} s")
    assert_issued_once(production, batch, count=1000)
    assert production.verify(production.links(batch)) == ["valid"] * 1_000


def test_a_killed_worker_and_an_emptied_redis_lose_nothing(
    production: Installation, compose: dict[str, Sequence[str]], broker: "redis.Redis"
) -> None:
    """No message is left that could wake anybody: only the sweep, which beat asks for, finds the batch."""
    with (
        production.worker([*compose["beat"], f"--schedule={production.folder / 'beat'}"], name="beat"),
        production.worker(compose["worker"]) as worker,
        production.begin(*award("operating-systems")) as command,
    ):
        batch = batch_with_both_chunks_taken(production, command)
        worker.kill_group()
        broker.flushdb()
        assert production.number(f"SELECT issued FROM credentials_batch WHERE id = {batch}") < 1000
        worker.start()
        assert command.wait(60) == 0, command.err.read_text()
    assert_issued_once(production, batch, count=1000)
    assert production.verify(production.links(batch, every=50)) == ["valid"] * 20


def test_no_worker_is_left_holding_a_lease(production: Installation) -> None:
    """An advisory lock that outlived its chunk would keep a dead owner alive."""
    held = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database())"
    )
    until(lambda: production.number(held) == 0, within=10, what="every lease is given up")
