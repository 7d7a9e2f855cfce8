"""`manage.py award`: from a file to awards, or to sentences that say what to correct."""

import csv
import io
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from credentials.batches import issue_next_chunk
from credentials.management import following as command
from credentials.models import AchievementVersion, Award, Batch
from tests.factories import add_version, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]
GOOD = "email,name\nada@example.org,Ada Sample\ngrace@example.org,Grace Sample\n"
BAD = "email,name\nada@example.org,Ada Sample\nno-address,Grace Sample\n"


@pytest.fixture
def version() -> AchievementVersion:
    return make_version(slug="networks")


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that issues one chunk whenever the command waits."""

    def sleep(_: float) -> None:
        for batch in Batch.objects.filter(state=Batch.State.RUNNING):
            issue_next_chunk(batch_id=batch.pk)

    monkeypatch.setattr(time, "sleep", sleep)


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works, and the command's patience is over at once."""
    assert command.WORKER_PATIENCE_SECONDS < 5
    monkeypatch.setattr(command, "WORKER_PATIENCE_SECONDS", -1)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes = GOOD) -> Path:
        path = tmp_path / "learners.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def run(path: Path, **options: Any) -> tuple[str, str]:
    """What the command prints to standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    arguments = {"issuer": "sample-academy", "achievement": "networks", "csv": path, **options}
    call_command("award", stdout=out, stderr=err, **arguments)
    return out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("worker", "version")
def test_everyone_in_a_good_file_gets_the_award(file: Callable[..., Path]) -> None:
    out, err = run(file(), wait=True)
    batch = Batch.objects.get()
    assert out.splitlines()[0] == "2 awarded, 0 skipped, 0 failed."
    assert f"/dashboard/batches/{batch.public_id}" in out
    assert err == ""
    assert sorted(Award.objects.values_list("recipient_name", "state")) == [
        ("Ada Sample", "issued"),
        ("Grace Sample", "issued"),
    ]


@pytest.mark.usefixtures("worker", "version")
def test_the_same_file_again_awards_nobody_twice(file: Callable[..., Path]) -> None:
    run(file(), wait=True)
    out, _ = run(file(), wait=True)
    assert out.splitlines()[0] == "0 awarded, 2 skipped, 0 failed."
    first, second = Batch.objects.order_by("pk")
    assert first.file_digest == second.file_digest and len(first.file_digest) == 64


@pytest.mark.usefixtures("worker", "version")
@pytest.mark.parametrize(("duplicates", "in_force"), [("skip", 2), ("renew", 2), ("issue", 4)])
def test_duplicates_do_what_was_asked(file: Callable[..., Path], duplicates: str, in_force: int) -> None:
    run(file(), wait=True)
    run(file(), wait=True, duplicates=duplicates)
    assert Award.objects.filter(state=Award.State.ISSUED).count() == in_force


@pytest.mark.usefixtures("worker")
def test_the_newest_version_is_awarded(version: AchievementVersion, file: Callable[..., Path]) -> None:
    newest = add_version(version.achievement, number=2)
    run(file(), wait=True)
    assert {award.achievement_version for award in Award.objects.all()} == {newest}


@pytest.mark.usefixtures("version")
def test_without_wait_the_command_ends_when_a_worker_has_taken_it_up(file: Callable[..., Path], worker: None) -> None:
    out, err = run(file())
    assert "2 awarded" in out or "2 rows are being awarded." in out
    assert err == ""


@pytest.mark.usefixtures("no_worker", "version")
def test_it_says_when_no_worker_is_running(file: Callable[..., Path]) -> None:
    out, err = run(file())
    assert "No worker has taken this up yet" in err and "dev.py run" in err
    assert "2 rows are being awarded." in out
    assert Batch.objects.get().state == Batch.State.RUNNING


@pytest.mark.usefixtures("version", "no_worker")
def test_ctrl_c_ends_the_watching_and_not_the_batch(file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    with pytest.raises(SystemExit) as end:
        run(file(), wait=True)
    assert end.value.code == 130
    batch = Batch.objects.get()
    assert batch.state == Batch.State.RUNNING
    assert issue_next_chunk(batch_id=batch.pk)
    assert Award.objects.count() == 2


@pytest.mark.usefixtures("worker", "version")
def test_json_is_one_object_on_one_line(file: Callable[..., Path]) -> None:
    out, err = run(file(), wait=True, json=True)
    batch = Batch.objects.get()
    facts = json.loads(out)
    assert out.count("\n") == 1 and err == ""
    assert facts == {
        "batch": str(batch.public_id),
        "state": "finished",
        "total": 2,
        "issued": 2,
        "skipped": 0,
        "failed": 0,
        "converted": 0,
        "url": facts["url"],
    }
    assert uuid.UUID(facts["batch"]) and facts["url"].endswith(f"/dashboard/batches/{batch.public_id}")


# Files with errors


@pytest.mark.usefixtures("worker", "version")
def test_a_file_with_errors_awards_nobody_and_names_row_column_and_cure(file: Callable[..., Path]) -> None:
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"Nothing was awarded.*--skip-errors"):
        call_command("award", issuer="sample-academy", achievement="networks", csv=file(BAD), stderr=err)
    assert err.getvalue().startswith("Row 3, column email: ")
    assert err.getvalue().count(".") >= 2
    assert not Batch.objects.exists() and not Award.objects.exists()


@pytest.mark.usefixtures("worker", "version")
def test_with_skip_errors_the_good_rows_are_awarded(file: Callable[..., Path]) -> None:
    out, err = run(file(BAD), wait=True, skip_errors=True)
    assert out.splitlines()[0] == "1 awarded, 0 skipped, 1 failed."
    assert "Row 3, column email" in err
    assert [award.recipient_name for award in Award.objects.all()] == ["Ada Sample"]


@pytest.mark.usefixtures("worker", "version")
def test_a_wrong_header_awards_nobody_even_with_skip_errors(file: Callable[..., Path]) -> None:
    with pytest.raises(CommandError, match=r"Nothing was awarded. Correct the file and run this again\.$"):
        run(file("email,name,nmae\nada@example.org,Ada Sample,x\n"), wait=True, skip_errors=True)
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("worker", "version")
def test_a_file_without_one_good_row_makes_no_batch(file: Callable[..., Path]) -> None:
    with pytest.raises(CommandError, match="no row of this file can be"):
        run(file("email,name\nno-address,Ada Sample\n"), wait=True, skip_errors=True)
    assert not Batch.objects.exists()


@pytest.mark.parametrize("content", ["", "email,name\n", b"\x89PNG\r\n\x1a\n\x00", b"PK\x03\x04"])
@pytest.mark.usefixtures("worker", "version")
def test_what_is_no_file_of_people_is_refused_in_a_sentence(file: Callable[..., Path], content: str | bytes) -> None:
    with pytest.raises(CommandError) as refused:
        run(file(content), wait=True)
    assert str(refused.value).endswith(".")
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("worker", "version")
def test_a_file_above_the_limit_of_the_installation_is_refused(file: Callable[..., Path], settings: Settings) -> None:
    settings.MAX_IMPORT_MB = 1
    with pytest.raises(CommandError, match="1 MB"):
        run(file(GOOD + "\n" * 2**20), wait=True)
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("version")
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        with pytest.raises(CommandError, match=f"cannot be read: .*{path.name}"):
            run(path)


@pytest.mark.usefixtures("worker", "version")
def test_a_long_list_of_errors_is_cut(file: Callable[..., Path]) -> None:
    rows = "".join(f"no-address-{number},Learner\n" for number in range(60))
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command(
            "award", issuer="sample-academy", achievement="networks", csv=file("email,name\n" + rows), stderr=err
        )
    lines = err.getvalue().splitlines()
    assert len(lines) == 51 and lines[-1] == "… and 10 more."


@pytest.mark.usefixtures("worker", "version")
def test_rows_that_fail_while_issuing_make_the_command_fail(file: Callable[..., Path]) -> None:
    run(file("email,name,external_id\nada@example.org,Ada Sample,A-1\n"), wait=True)
    with pytest.raises(SystemExit) as end:
        run(file("email,name,external_id\ngrace@example.org,Grace Sample,A-1\n"), wait=True)
    assert end.value.code == 1


# Which achievement


def test_an_unknown_achievement_is_answered_with_those_there_are(
    version: AchievementVersion, file: Callable[..., Path]
) -> None:
    make_version(version.achievement.issuer, slug="routers")
    with pytest.raises(CommandError, match="It has: networks, routers"):
        run(file(), achievement="netwroks")


@pytest.mark.usefixtures("version")
def test_an_unknown_issuer_is_named(file: Callable[..., Path]) -> None:
    with pytest.raises(CommandError, match="no such issuer"):
        run(file(), issuer="nobody")


@pytest.mark.usefixtures("worker")
def test_an_archived_achievement_is_not_awarded(version: AchievementVersion, file: Callable[..., Path]) -> None:
    version.achievement.archived_at = version.created_at
    version.achievement.save()
    with pytest.raises(CommandError, match="archived"):
        run(file(), wait=True)
    assert not Batch.objects.exists()


# The report


@pytest.mark.usefixtures("worker", "version")
def test_the_report_has_every_row_with_its_link_and_code(file: Callable[..., Path], tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    out, _ = run(file(BAD), wait=True, skip_errors=True, report=report)
    assert f"Report: {report}" in out
    issued, failed = csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig")))
    award = Award.objects.get()
    assert (issued["row"], issued["email"], issued["state"]) == ("2", "ada@example.org", "issued")
    assert issued["link"] == award.address
    assert issued["code"].replace("-", "") == award.code
    assert (failed["row"], failed["state"], failed["problem_column"]) == ("3", "failed", "email")
    assert failed["problem"] and not failed["link"]


@pytest.mark.usefixtures("worker", "version")
def test_a_name_that_looks_like_a_formula_is_defused_in_the_report(file: Callable[..., Path], tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    run(file("email,name\nada@example.org,=HYPERLINK(1)\n"), wait=True, report=report)
    [row] = csv.DictReader(io.StringIO(report.read_text(encoding="utf-8-sig")))
    assert row["name"] == "'=HYPERLINK(1)"


@pytest.mark.usefixtures("version")
def test_a_report_needs_waiting(file: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--report needs --wait"):
        run(file(), report=tmp_path / "report.csv")
    assert not Batch.objects.exists()


@pytest.mark.usefixtures("worker", "version")
def test_a_report_that_cannot_be_written_does_not_undo_the_batch(file: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="The batch itself is done"):
        run(file(), wait=True, report=tmp_path / "missing" / "report.csv")
    assert Award.objects.count() == 2
    assert connection.needs_rollback is False
