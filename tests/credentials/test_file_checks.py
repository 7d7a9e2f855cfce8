"""Long files are checked by a worker: asked for by the page, done once whoever dies, refused as short ones are."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from credentials import checked_rows, file_checks, leases, uploads
from credentials.errors import BatchIsBusy
from credentials.file_checks import MOST_DEATHS, TASK
from credentials.models import AchievementVersion, Batch
from credentials.tasks import check_file, sweep
from credentials.transitions import cancel_batch
from issuers.audit import Actor
from issuers.models import AuditEntry
from tests.factories import NOW, Answer, make_member, make_version, started, work_off

pytestmark = pytest.mark.django_db
Woken = list[tuple[object, ...]]
ROWS = 9
LONG = "email,name\n" + "".join(f"l{number}@example.org,Learner {number}\n" for number in range(ROWS))
BREAKS = f'{LONG}broken@example.org,"Lea\n'


class Died(BaseException):
    """Stands for kill -9: whatever was committed stays, nothing else happens."""


@pytest.fixture(autouse=True)
def short_ones_are_long(monkeypatch: pytest.MonkeyPatch, woken: Woken) -> None:
    monkeypatch.setattr(file_checks, "LONG_ROWS", 5)
    monkeypatch.setattr(checked_rows, "PART_ROWS", 4)


@pytest.fixture
def version() -> AchievementVersion:
    return make_version()


@pytest.fixture
def dashboard(version: AchievementVersion) -> Client:
    client = Client()
    client.force_login(make_member(version.achievement.issuer))
    return client


@pytest.fixture
def upload(dashboard: Client, version: AchievementVersion) -> Callable[..., Answer]:
    def send(content: str = LONG) -> Answer:
        file = SimpleUploadedFile("learners.csv", content.encode())
        return dashboard.post("/dashboard/award", {"achievement": str(version.achievement.public_id), "file": file})

    return send


@pytest.fixture
def asked(upload: Callable[..., Answer]) -> Batch:
    """A long file whose check waits for a worker."""
    upload()
    return Batch.objects.get()


@pytest.fixture
def die(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let a worker die at a step of its next check; what it had committed by then stays."""

    def at(step: int) -> None:
        real, steps = checked_rows._held_by_us, 0

        def held(batch: Batch) -> object:
            nonlocal steps
            steps += 1
            if steps > step:
                raise Died
            return real(batch)

        with monkeypatch.context() as patched:
            patched.setattr(checked_rows, "_held_by_us", held)
            patched.setattr(uploads, "let_go", lambda _: None)
            with pytest.raises(Died):
                file_checks.check_asked(batch_id=Batch.objects.get().pk, now=NOW)

    return at


def address(batch: Batch, step: str = "") -> str:
    return f"/dashboard/batches/{batch.public_id}{step}"


def facts(batch: Batch) -> tuple[str, int, int, int]:
    batch.refresh_from_db()
    return batch.state, batch.total, batch.rows.count(), batch.chunks.count()


def test_a_file_as_long_as_may_be_checked_at_once_is(upload: Callable[..., Answer]) -> None:
    upload("".join(LONG.splitlines(keepends=True)[:6]))
    assert facts(Batch.objects.get()) == ("validated", 5, 5, 1)


def test_a_longer_one_is_left_to_a_worker_that_is_woken(
    upload: Callable[..., Answer],
    dashboard: Client,
    woken: Woken,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload()
    batch = Batch.objects.get()
    assert answer["Location"] == address(batch)
    assert (facts(batch), woken) == (("draft", 0, 0, 0), [(TASK, [batch.pk])])
    page = dashboard.get(address(batch)).content.decode()
    assert "Checking:" in page and "Waiting for a worker" in page and 'http-equiv="refresh"' in page
    assert dashboard.get(address(batch, "/columns"))["Location"] == address(batch)
    progress = dashboard.get(address(batch, "/progress")).json()
    assert (progress["word"], progress["total"], progress["final"]) == ("Waiting for a worker", 0, False)
    check_file(batch.pk)
    check_file(batch.pk)  # a message may come twice
    assert facts(batch) == ("validated", ROWS, ROWS, 1)
    assert dashboard.get(address(batch, "/progress")).json()["final"] is True
    assert "Award 9" in dashboard.get(address(batch)).content.decode()
    actions = AuditEntry.objects.filter(object_kind="batch").order_by("pk").values_list("action", "actor_kind")
    assert list(actions) == [("batch.uploaded", "user"), ("batch.check_asked", "user"), ("batch.checked", "system")]
    assert work_off(started(batch)).issued == ROWS


def test_the_page_says_how_far_it_is(asked: Batch, dashboard: Client, die: Callable[[int], None]) -> None:
    die(2)
    progress = dashboard.get(address(asked, "/progress")).json()
    assert (progress["word"], progress["total"], progress["state"]) == ("Being checked", 8, "draft")
    assert ">8</span> rows so far" in dashboard.get(address(asked)).content.decode()


@pytest.mark.parametrize("step", range(4))
def test_a_worker_that_dies_leaves_a_check_that_the_next_one_does_anew(
    asked: Batch, step: int, woken: Woken, die: Callable[[int], None]
) -> None:
    die(step)
    asked.refresh_from_db()
    assert asked.rows.count() == min(4 * step, ROWS)
    woken.clear()
    sweep()
    assert woken == [(TASK, [asked.pk])]
    check_file(asked.pk)
    assert facts(asked) == ("validated", ROWS, ROWS, 1)
    assert sorted(asked.rows.values_list("number", flat=True)) == list(range(2, ROWS + 2))


def test_a_file_of_which_every_worker_dies_is_refused(
    asked: Batch, dashboard: Client, die: Callable[[int], None]
) -> None:
    for _ in range(MOST_DEATHS):
        die(1)
    check_file(asked.pk)
    assert facts(asked) == ("draft", 0, 0, 0)
    assert dashboard.get(address(asked, "/progress")).json()["final"] is True
    assert "ended every worker that did it" in dashboard.get(address(asked), follow=True).content.decode()


def test_what_a_living_worker_checks_is_left_to_it(asked: Batch, woken: Woken) -> None:
    with leases.hold() as owner:
        Batch.objects.update(checker=owner)
        check_file(asked.pk)
        assert facts(asked) == ("draft", 0, 0, 0)
        assert file_checks.sweep() == 0
    with pytest.raises(BatchIsBusy):
        uploads.check(asked.pk, meanings=None, actor=Actor.command("test"), now=NOW)


def test_a_file_that_cannot_be_read_to_its_end_is_refused_in_the_words_of_a_short_one(
    upload: Callable[..., Answer], dashboard: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(BREAKS)
    batch = Batch.objects.get()
    check_file(batch.pk)
    assert facts(batch) == ("draft", 0, 0, 0)
    answer = dashboard.get(address(batch), follow=True)
    monkeypatch.setattr(file_checks, "LONG_ROWS", 1_000)
    [fault] = upload(BREAKS).context["faults"]
    assert answer.status_code == 200 and answer.context["faults"] == (fault,)
    assert "This file cannot be read" in answer.content.decode()


def test_columns_that_do_not_fit_are_told_at_once_and_good_ones_are_checked_by_a_worker(
    upload: Callable[..., Answer], dashboard: Client
) -> None:
    upload(LONG.replace("email,name", "E-Mail,Wer"))
    batch = Batch.objects.get()
    assert dashboard.post(address(batch, "/columns"), {"column-0": "email", "column-1": "email"}).status_code == 400
    batch.refresh_from_db()
    assert batch.check_asked_at is None
    assert dashboard.post(address(batch, "/columns"), {"column-0": "email", "column-1": "name"}).status_code == 302
    check_file(batch.pk)
    assert facts(batch) == ("validated", ROWS, ROWS, 1)
    assert batch.columns == {"e-mail": "email", "wer": "name"}
    dashboard.post(address(batch, "/columns"), {"column-0": "email", "column-1": "name"})
    assert facts(batch) == ("draft", 0, 0, 0)  # matched anew, and checked anew
    check_file(batch.pk)
    assert facts(batch) == ("validated", ROWS, ROWS, 1)


def test_a_file_that_is_dropped_while_it_is_checked_stays_dropped(
    asked: Batch, dashboard: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checked_rows._store_part
    parts: list[object] = []

    def drop_after_the_first(*arguments: object, **named: object) -> object:
        if len(parts) == 1:
            assert dashboard.post(address(asked, "/drop")).status_code == 302
        parts.append(arguments)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(checked_rows, "_store_part", drop_after_the_first)
    check_file(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.total, asked.cancelled, asked.check_faults) == ("cancelled", 4, 4, [])
    assert asked.check_asked_at is None and not asked.file_pieces.exists()
    assert file_checks.sweep() == 0


def test_a_file_that_waits_can_be_dropped(asked: Batch) -> None:
    cancel_batch(batch_id=asked.pk, now=NOW)
    check_file(asked.pk)
    assert facts(asked) == ("cancelled", 0, 0, 0)


@pytest.mark.parametrize("error", [OperationalError("the server closed the connection"), OSError(28, "No space left")])
def test_a_database_that_is_away_refuses_no_file(
    asked: Batch, error: Exception, monkeypatch: pytest.MonkeyPatch, woken: Woken
) -> None:
    def away(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "store_rows", away)
        for _ in range(MOST_DEATHS + 1):
            with pytest.raises(type(error)):
                check_file(asked.pk)
    assert file_checks.sweep() == 1
    check_file(asked.pk)
    assert facts(asked) == ("validated", ROWS, ROWS, 1)


def test_a_fault_of_ours_is_told_as_one(asked: Batch, dashboard: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(uploads, "store_rows", fail)
    check_file(asked.pk)
    assert "failed by a fault of ours" in dashboard.get(address(asked), follow=True).content.decode()
    assert file_checks.sweep() == 0


def test_two_checks_of_one_file_at_once_leave_one_set_of_rows(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker whose lease was lost to another, and which does not know it yet."""
    batch = uploads.receive(
        io.BytesIO(LONG.encode()),
        name="people.csv",
        version=version,
        duplicates=Batch.Duplicates.SKIP,
        created_by=None,
        actor=Actor.command("test"),
        now=NOW,
    )
    file_checks.check(batch, meanings=None, actor=Actor.command("test"), now=timezone.now())
    real = checked_rows._store_part
    parts: list[object] = []

    def taken_over_after_the_first(*arguments: object, **named: object) -> object:
        parts.append(arguments)
        if len(parts) == 2:
            monkeypatch.setattr(checked_rows, "_store_part", real)
            Batch.objects.update(checker="file:of-a-dead-one")
            check_file(batch.pk)
        return real(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(checked_rows, "_store_part", taken_over_after_the_first)
    check_file(batch.pk)
    assert facts(batch) == ("validated", ROWS, ROWS, 1)
    assert batch.check_faults == []
