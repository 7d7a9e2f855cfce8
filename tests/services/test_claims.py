"""Workers that meet: who takes a chunk, who decides on a person, and that nobody waits for each other in a circle."""

import threading
from collections.abc import Callable, Iterator

import pytest
from celery import current_app
from django.db import connection

from credentials import batches, leases, signing
from credentials.models import Award, Batch, BatchChunk, BatchRow
from tests.factories import make_batch, make_issuer, make_version, people, person, started

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def claimed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The chunk of every successful claim, in order."""
    seen: list[int] = []
    real = batches._claim

    def claim(batch_id: int, *, owner: str) -> BatchChunk | None:
        chunk = real(batch_id, owner=owner)
        if chunk is not None:
            seen.append(chunk.pk)
        return chunk

    monkeypatch.setattr(batches, "_claim", claim)
    yield seen


def at_once(*jobs: Callable[[], object]) -> None:
    """Run each job in a thread and connection of its own, from the same moment; raise what any of them raised."""
    errors: list[BaseException] = []
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            job()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def work_off(batch: Batch) -> Callable[[], None]:
    def work() -> None:
        while batches.issue_next_chunk(batch_id=batch.pk):
            pass

    return work


def test_four_workers_never_take_one_chunk_twice(claimed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 2)
    batch = started(make_batch(make_version(), *people(60)))
    at_once(*[work_off(batch)] * 4)
    assert len(claimed) == len(set(claimed)) == 30
    batch.refresh_from_db()
    assert (batch.state, batch.issued) == ("finished", 60)
    assert Award.objects.filter(state=Award.State.ISSUED).values("status_index").distinct().count() == 60


def test_the_chunk_of_a_dead_worker_goes_to_one_of_those_who_want_it(claimed: list[int]) -> None:
    batch = started(make_batch(make_version(), *people(20)))
    with leases.hold() as owner:
        BatchChunk.objects.update(owner=owner)
        at_once(*[work_off(batch)] * 4)
        assert claimed == []
    at_once(*[work_off(batch)] * 4)
    assert len(claimed) == 1
    assert Award.objects.filter(state=Award.State.ISSUED).count() == 20


def test_a_worker_whose_connection_broke_has_lost_its_lease_and_writes_nothing(
    claimed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It signs on, but another has the chunk by then."""
    batch = started(make_batch(make_version(), *people(3)))
    real = signing.sign_awards

    def break_off(*arguments: object, **named: object) -> object:
        monkeypatch.setattr(batches, "sign_awards", real)
        signed = real(*arguments, **named)  # type: ignore[arg-type]
        connection.close()
        at_once(work_off(batch))
        return signed

    monkeypatch.setattr(batches, "sign_awards", break_off)
    with pytest.raises(BatchChunk.DoesNotExist):
        batches.issue_next_chunk(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.issued, len(claimed)) == ("finished", 3, 2)
    assert Award.objects.count() == 3


@pytest.mark.parametrize("round_", range(5))
@pytest.mark.parametrize("duplicates", [one for one in Batch.Duplicates if one != Batch.Duplicates.CORRECT])
def test_batches_that_meet_in_one_issuer_neither_block_nor_break_each_other(
    duplicates: Batch.Duplicates, round_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The issuer's first awards, so that the status list is opened and signed meanwhile; the same people twice."""
    monkeypatch.setattr(batches, "CHUNK_ROWS", 3)
    issuer = make_issuer()
    one, other = make_version(issuer, slug="one"), make_version(issuer, slug="other")
    all_batches = [
        started(make_batch(version, *people(9), duplicates=duplicates)) for version in (one, one, other, other)
    ]
    at_once(*(work_off(batch) for batch in all_batches))
    for batch in all_batches:
        work_off(batch)()  # a chunk whose owner was asked about while it ended is left for later
    assert not BatchRow.objects.filter(state__in=[BatchRow.State.PENDING, BatchRow.State.FAILED]).exists()
    in_force = Award.objects.filter(state=Award.State.ISSUED)
    assert in_force.count() == (36 if duplicates == Batch.Duplicates.ISSUE else 18)
    assert issuer.status_lists.get().signed_at is not None
    assert not Award.objects.filter(state=Award.State.RESERVED).exists()


@pytest.mark.parametrize("round_", range(3))
def test_two_files_that_correct_the_same_people_at_once_leave_each_one_award(
    round_: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CHUNK_ROWS", 3)
    version = make_version(make_issuer())
    work_off(started(make_batch(version, *people(9))))()
    corrections = [
        started(
            make_batch(
                version,
                *(person(one.email, f"{one.name} {mark}") for one in people(9)),
                duplicates=Batch.Duplicates.CORRECT,
            )
        )
        for mark in "AB"
    ]
    at_once(*(work_off(batch) for batch in corrections))
    for batch in corrections:
        work_off(batch)()
    assert not BatchRow.objects.filter(state__in=[BatchRow.State.PENDING, BatchRow.State.FAILED]).exists()
    in_force = Award.objects.filter(state=Award.State.ISSUED)
    assert len(set(in_force.values_list("recipient_email", flat=True))) == in_force.count() == 9
    replaced = Award.objects.exclude(state=Award.State.ISSUED)
    assert set(replaced.values_list("state", flat=True)) == {Award.State.SUPERSEDED}
    assert not replaced.filter(replaced_by=None).exists()


def test_an_external_id_that_two_files_want_at_once_goes_to_one_of_them() -> None:
    issuer = make_issuer()
    versions = [make_version(issuer, slug=f"course-{number}") for number in range(4)]
    rows = [person(f"{number}@example.org", external_id="same") for number in range(4)]
    wanting = [started(make_batch(version, row)) for version, row in zip(versions, rows, strict=True)]
    at_once(*(work_off(batch) for batch in wanting))
    assert Award.objects.get().external_id == "same"
    assert sorted(BatchRow.objects.values_list("state", "code")) == [
        *[("failed", "external_id_taken")] * 3,
        ("issued", ""),
    ]
