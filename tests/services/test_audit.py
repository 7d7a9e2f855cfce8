"""The audit log where many write at once: one chain, nobody waits in a circle."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction

from credentials import batches
from credentials.life import reinstate, revoke, suspend
from credentials.life.completing import complete_award
from credentials.models import Award, Batch, StatusEntry, StatusList
from credentials.status_lists import publish_changed
from issuers import audit
from issuers.audit import Actor
from issuers.models import AuditEntry
from openbadges import status, strict_json
from tests.factories import NOW, issue, make_award, make_batch, make_issuer, make_version, people, started
from tests.services.test_claims import at_once, work_off

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
SYSTEM = Actor.system("test")
LATER = NOW + timedelta(days=365)


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


def whole() -> bool:
    audit.seal()
    found = audit.verify([], now=NOW)
    assert found.problem == ""
    return found.entries == AuditEntry.objects.count()


def test_eight_writers_make_one_chain() -> None:
    def work() -> None:
        for number in range(25):
            with transaction.atomic():
                audit.record("thing.done", actor=SYSTEM, issuer_id=None, object_kind="x", object_id=number, now=NOW)

    at_once(*[work] * 8)
    assert whole()
    assert AuditEntry.objects.count() == 200


def test_batches_that_award_while_others_are_revoked_neither_block_nor_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 5)
    issuer = make_issuer()
    version = make_version(issuer)
    given = list(Award.objects.filter(batch=issue(version, *people(20))).order_by("pk"))
    running = [started(make_batch(make_version(issuer, slug=f"c{number}"), *people(20))) for number in range(2)]
    renewing = started(make_batch(version, *people(20), duplicates=Batch.Duplicates.RENEW))

    def revoke_all(awards: list[Award]) -> None:
        for award in awards:
            try:
                revoke(award_id=award.pk, reason="other", actor=SYSTEM, now=LATER)
            except Exception as error:
                assert type(error).__name__ == "AwardEnded", error

    at_once(
        *(work_off(batch) for batch in (*running, renewing)),
        lambda: revoke_all(given[:10]),
        lambda: revoke_all(given[5:]),
        publish_changed,
    )
    assert whole()
    for award in Award.objects.filter(pk__in=[award.pk for award in given]):
        assert award.state in ("revoked", "superseded")
        bits = bytes(StatusList.objects.get(pk=award.status_list_id).bits)
        assert status.get_bit(bits, award.status_index)


def test_concurrent_calls_have_one_effect() -> None:
    award = make_award()
    at_once(*[lambda: suspend(award_id=award.pk, reason="other", actor=SYSTEM, now=LATER)] * 6)
    at_once(*[lambda: reinstate(award_id=award.pk, actor=SYSTEM, now=LATER)] * 6)
    at_once(*[lambda: complete_award(award_id=award.pk)] * 6)
    actions = list(AuditEntry.objects.filter(object_kind="award").order_by("pk").values_list("action", flat=True))
    assert actions == ["award.suspended", "award.reinstatement_asked", "award.reinstated"]
    given = Award.objects.get(pk=award.pk)
    assert (given.state, StatusEntry.objects.filter(award=award).count()) == ("issued", 2)
    assert award.notices.count() == 2


def test_fifty_batches_draw_from_one_list_that_runs_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: no index twice, no list overfull, one open list at any time."""
    monkeypatch.setattr(status, "LIST_LENGTH", 64)
    issuer = make_issuer()
    version = make_version(issuer)
    all_batches = [started(make_batch(version, *people(4), duplicates=Batch.Duplicates.ISSUE)) for _ in range(50)]
    groups = [all_batches[number::8] for number in range(8)]
    at_once(*(lambda group=group: [work_off(batch)() for batch in group] for group in groups))
    places = list(StatusEntry.objects.values_list("status_list", "index"))
    assert len(places) == len(set(places)) == 200
    assert sorted(StatusList.objects.values_list("used", "is_open")) == [
        (8, True),
        (64, False),
        (64, False),
        (64, False),
    ]
    assert Award.objects.filter(state=Award.State.ISSUED).count() == 200


def test_a_list_is_never_seen_half_written() -> None:
    award = make_award()
    others = list(Award.objects.filter(batch=issue(award.achievement_version, *people(40))))
    stop, seen = threading.Event(), set[int]()

    def read() -> None:
        least = 0
        while not stop.is_set():
            row = StatusList.objects.get()
            subject = strict_json.load_object(row.document)["credentialSubject"]
            assert isinstance(subject, dict)
            bits = status.decode_list(str(subject["encodedList"]))
            count = sum(byte.bit_count() for byte in bits)
            assert count >= least, "a set bit is never cleared"
            least = count
            seen.add(count)

    def change() -> None:
        try:
            for other in others:
                revoke(award_id=other.pk, reason="other", actor=SYSTEM, now=LATER)
                if other.pk % 10 == 0:
                    publish_changed()
            publish_changed()
        finally:
            stop.set()

    at_once(read, read, change)
    assert whole()
    row = StatusList.objects.get()
    subject = strict_json.load_object(row.document)["credentialSubject"]
    assert isinstance(subject, dict)
    assert status.decode_list(str(subject["encodedList"])) == bytes(row.bits)
    assert len(seen) >= 2
