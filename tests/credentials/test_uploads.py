"""From a file to a checked batch: kept in pieces, its columns matched, checked in a stream, forgotten in time."""

import io
from datetime import timedelta

import pytest
from django.db import connection

from credentials import leases, uploads
from credentials.dry_run import ROWS_SHOWN, dry_run_view
from credentials.errors import BatchIsBusy, BatchStateRefuses
from credentials.imports import ImportRefused
from credentials.models import AchievementVersion, Batch, BatchFilePiece, ColumnNames
from credentials.tasks import sweep
from issuers.audit import Actor
from issuers.models import AuditEntry
from tests.credentials.imports.workbooks import text, workbook
from tests.factories import NOW, issue, make_version, person, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]
SOMEBODY = Actor.command("test")
GERMAN = "E-Mail-Adresse;Vorname;Nachname;Farbe\nada@example.org;Ada;Sample;rot\n"
MEANT = {"E-Mail-Adresse": "email", "Vorname": "given_name", "Nachname": "family_name", "Farbe": ""}


@pytest.fixture
def version() -> AchievementVersion:
    return make_version()


def received(version: AchievementVersion, content: str | bytes = GERMAN, duplicates: str = "skip") -> Batch:
    data = content.encode() if isinstance(content, str) else content
    return uploads.receive(
        io.BytesIO(data),
        name="people.csv",
        version=version,
        duplicates=Batch.Duplicates(duplicates),
        created_by=None,
        actor=SOMEBODY,
        now=NOW,
    )


def test_a_file_is_kept_in_pieces_and_read_from_them(
    version: AchievementVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PIECE_BYTES", 7)
    rows = "".join(f"learner-{number}@example.org,Lära {number}\n" for number in range(40))
    batch = received(version, "email,name\n" + rows)
    assert batch.file_pieces.count() > 100
    checked = uploads.check(batch.pk, meanings=None, actor=SOMEBODY, now=NOW)
    assert (checked.state, checked.total, checked.failed, checked.foreseen_new) == ("validated", 40, 0, 40)
    workbook_batch = received(version, workbook(text("email", "name"), text("ada@example.org", "Ada")))
    assert uploads.check(workbook_batch.pk, meanings=None, actor=SOMEBODY, now=NOW).total == 1


def test_columns_are_guessed_shown_with_their_first_rows_and_matched(version: AchievementVersion) -> None:
    batch = received(version)
    assert not uploads.has_own_headers(batch, now=NOW)
    previews = uploads.preview(batch, now=NOW)
    assert [(each.header, each.samples, each.guess) for each in previews] == [
        ("E-Mail-Adresse", ("ada@example.org",), "email"),
        ("Vorname", ("Ada",), "given_name"),
        ("Nachname", ("Sample",), "family_name"),
        ("Farbe", ("rot",), ""),
    ]
    checked = uploads.check(batch.pk, meanings=MEANT, actor=SOMEBODY, now=NOW)
    assert checked.rows.get().values == {"email": "ada@example.org", "name": "Ada Sample"}
    entries = AuditEntry.objects.filter(object_kind="batch").order_by("pk")
    assert [(entry.action, entry.actor_words) for entry in entries] == [
        ("batch.uploaded", "manage.py test"),
        ("batch.checked", "manage.py test"),
    ]


def test_a_choice_is_kept_for_the_next_file_of_the_issuer_alone(version: AchievementVersion) -> None:
    uploads.check(received(version).pk, meanings={**MEANT, "Farbe": "narrative"}, actor=SOMEBODY, now=NOW)
    again = uploads.preview(received(version), now=NOW)
    assert [each.guess for each in again] == ["email", "given_name", "family_name", "narrative"]
    assert ColumnNames.objects.get().issuer == version.achievement.issuer
    from tests.factories import make_issuer

    other = uploads.preview(received(make_version(make_issuer("other"))), now=NOW)
    assert other[3].guess == ""


@pytest.mark.parametrize(
    ("meanings", "code"),
    [
        ({**MEANT, "Farbe": "email"}, "header.duplicate"),
        ({**MEANT, "Farbe": "name"}, "header.duplicate"),
        ({**MEANT, "Farbe": "shoe_size"}, "header.unknown"),
        ({**MEANT, "E-Mail-Adresse": ""}, "header.missing"),
        (None, "header.unknown"),
    ],
)
def test_meanings_that_do_not_fit_leave_a_draft_that_can_be_matched_again(
    version: AchievementVersion, meanings: dict[str, str] | None, code: str
) -> None:
    batch = received(version)
    with pytest.raises(uploads.HeaderRefused) as refused:
        uploads.check(batch.pk, meanings=meanings, actor=SOMEBODY, now=NOW)
    assert code in {error.code for error in refused.value.errors}
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.checker) == ("draft", 0, "")
    assert uploads.check(batch.pk, meanings=MEANT, actor=SOMEBODY, now=NOW).state == "validated"


def test_a_file_that_breaks_in_its_middle_leaves_no_row(version: AchievementVersion) -> None:
    rows = "".join(f"learner-{number}@example.org,Learner\n" for number in range(3_000))
    batch = received(version, f'email,name\n{rows}broken@example.org,"Lea\n')
    with pytest.raises(ImportRefused):
        uploads.check(batch.pk, meanings=None, actor=SOMEBODY, now=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.rows.count(), batch.chunks.count()) == ("draft", 0, 0, 0)


def test_two_people_cannot_have_one_file_checked_at_once(version: AchievementVersion) -> None:
    batch = received(version)
    with leases.hold() as owner:
        Batch.objects.update(checker=owner)
        with pytest.raises(BatchIsBusy):
            uploads.check(batch.pk, meanings=MEANT, actor=SOMEBODY, now=NOW)
    assert uploads.check(batch.pk, meanings=MEANT, actor=SOMEBODY, now=NOW).checker == ""  # who checked is dead


def test_what_has_started_is_not_checked_again_and_its_file_is_gone(version: AchievementVersion) -> None:
    batch = started(uploads.check(received(version).pk, meanings=MEANT, actor=SOMEBODY, now=NOW))
    assert not BatchFilePiece.objects.exists()
    with pytest.raises(BatchStateRefuses, match="before it is started"):
        uploads.check(batch.pk, meanings=MEANT, actor=SOMEBODY, now=NOW)
    with pytest.raises(BatchStateRefuses, match="Upload it again"):
        uploads.preview(batch, now=NOW)


def test_a_checked_file_can_be_matched_anew(version: AchievementVersion) -> None:
    batch = uploads.check(received(version).pk, meanings=MEANT, actor=SOMEBODY, now=NOW)
    swapped = {**MEANT, "Vorname": "family_name", "Nachname": "given_name"}
    again = uploads.check(batch.pk, meanings=swapped, actor=SOMEBODY, now=NOW)
    assert (again.total, again.foreseen_new) == (1, 1)
    assert again.rows.get().values["name"] == "Sample Ada"


def test_what_nobody_goes_on_with_is_forgotten(version: AchievementVersion) -> None:
    draft, checked = received(version), received(version)
    uploads.check(checked.pk, meanings=MEANT, actor=SOMEBODY, now=NOW)
    assert uploads.forget_abandoned(now=NOW + timedelta(days=6)) == 0
    sweep()  # by the clock, which is months later
    assert not Batch.objects.filter(pk=draft.pk).exists()
    assert Batch.objects.get(pk=checked.pk).rows.count() == 1
    assert not BatchFilePiece.objects.exists()


@pytest.mark.parametrize(
    ("parts", "name"),
    [("Sample;Ada", "Ada Sample"), ("山田;花子", "山田 花子"), ("김;민준", "김 민준"), ("Sample;", "Sample")],
)
def test_parts_of_a_name_stand_as_its_language_has_them(version: AchievementVersion, parts: str, name: str) -> None:
    batch = received(version, f"Nachname;Vorname;Mail\n{parts};a@example.org\n")
    meanings = {"Nachname": "family_name", "Vorname": "given_name", "Mail": "email"}
    assert uploads.check(batch.pk, meanings=meanings, actor=SOMEBODY, now=NOW).rows.get().values["name"] == name


# The check as its page shows it


def test_errors_come_first_and_every_row_is_on_one_page_or_another(version: AchievementVersion) -> None:
    bad = {5, 60, 70}
    rows = "".join(f"l{n}{'@@' if n in bad else '@'}example.org,Learner {n}\n" for n in range(2, 132))
    batch = uploads.check(received(version, "email,name\n" + rows).pk, meanings=None, actor=SOMEBODY, now=NOW)
    seen, after = [], ""
    while True:
        view = dry_run_view(batch, now=NOW, after=after)
        assert len(view.rows) <= ROWS_SHOWN
        seen += [row.number for row in view.rows]
        if not view.next_page:
            break
        after = view.next_page.rpartition("=")[2]
    assert seen[:3] == [5, 60, 70]
    assert sorted(seen) == list(range(2, 132))
    assert [(tab.word, tab.count) for tab in view.tabs] == [("All", 130), ("Errors", 3), ("New", 127)]
    errors = dry_run_view(batch, now=NOW, kind="error")
    assert [row.number for row in errors.rows] == [5, 60, 70] and not errors.next_page
    assert len(dry_run_view(batch, now=NOW, kind="<x>", after="x").rows) == ROWS_SHOWN


def test_a_page_of_a_long_check_asks_the_database_as_often_as_one_of_a_short_one(version: AchievementVersion) -> None:
    from django.test.utils import CaptureQueriesContext

    issue(version, person())
    counts = []
    for count in (2, 400):
        rows = "".join(f"l{n}-{count}@example.org,Learner {n}\n" for n in range(count))
        batch = uploads.check(
            received(version, f"email,name\nada@example.org,Ada\n{rows}", "renew").pk,
            meanings=None,
            actor=SOMEBODY,
            now=NOW,
        )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            view = dry_run_view(batch, now=NOW)
        counts.append(len(asked))
        assert (view.new, view.renewals, view.held) == (count, 1, 0)
        assert view.rows[0].sentences == ("Held without an end date.",)
    assert counts[0] == counts[1]
