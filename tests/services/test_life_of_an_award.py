"""The same on PostgreSQL and Redis: each change is seen here and elsewhere within five seconds."""

import time
from collections.abc import Sequence

import pytest
import redis

from openbadges import strict_json
from tests.processes.installation import LEARNERS_25, Installation, until
from tests.processes.test_life_of_an_award import SECONDS, award, change, served

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]


def test_each_change_is_seen_here_and_elsewhere_within_five_seconds(
    production: Installation, compose: dict[str, Sequence[str]], broker: "redis.Redis"
) -> None:
    with (
        served(production) as outside,
        production.worker(compose["worker"]),
        production.worker([*compose["beat"], f"--schedule={production.folder / 'life-beat'}"], name="beat"),
    ):
        link = award(production, LEARNERS_25)[0]
        first = outside.document(link)
        time.sleep(1.1)  # a reinstated award starts a second after the old one at least

        change(production, "suspend", link)
        assert outside.verdict(link) == "suspended"
        until(lambda: outside.is_refused_by_its_list(first), within=SECONDS, what="the list shows the suspension")

        change(production, "reinstate", link)
        until(lambda: outside.verdict(link) == "valid", within=SECONDS, what="the award is reinstated")
        second = outside.document(link)
        assert not outside.is_refused_by_its_list(second) and outside.is_refused_by_its_list(first)

        change(production, "revoke", link)
        assert outside.verdict(strict_json.dumps(second).decode()) == "revoked"
        until(lambda: outside.is_refused_by_its_list(second), within=SECONDS, what="the list shows the revocation")
    result = production.manage("verify_audit")
    assert result.returncode == 0 and "is whole" in result.stdout, result.stdout


def test_without_redis_a_change_is_made_at_once_and_signed_when_it_is_back(
    production: Installation, compose: dict[str, Sequence[str]], broker: "redis.Redis"
) -> None:
    """Its messages are gone; only the tables know."""
    beat = [*compose["beat"], f"--schedule={production.folder / 'life-beat-2'}"]
    with production.worker(compose["worker"]), production.worker(beat, name="beat"):
        link = award(production, LEARNERS_25)[0]
    away = Installation(production.folder, {**production.services, "BROKER_URL": "redis://127.0.0.1:1/0"})
    change(away, "suspend", link)
    change(away, "reinstate", link)
    assert production.manage("verify", "--json", link).stdout.count('"suspended"')
    broker.flushdb()
    with production.worker(compose["worker"]), production.worker(beat, name="beat"):
        waiting = "SELECT count(*) FROM credentials_reinstatement"
        until(lambda: production.number(waiting) == 0, within=60, what="the award is reinstated")
        changed = "SELECT count(*) FROM credentials_statuslist WHERE is_changed"
        until(lambda: production.number(changed) == 0, within=30, what="the list is signed")
    assert production.verify([link]) == ["valid"]
