"""The issuer's dashboard: who may come in, and the way from a file over its check to awards."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks

from credentials import batch_pages
from credentials.batches import TASK
from credentials.models import AchievementVersion, Award, Batch, Recall
from credentials.transitions import start_batch
from issuers.models import AuditEntry, Member
from learners.models import User
from tests.credentials.imports.workbooks import text, workbook
from tests.factories import (
    NOW,
    Answer,
    issue,
    make_batch,
    make_issuer,
    make_member,
    make_version,
    people,
    person,
    started,
    work_off,
)

pytestmark = pytest.mark.django_db
Woken = list[tuple[object, ...]]
GOOD = "email,name\nada@example.org,Ada Sample\ngrace@example.org,Grace Sample\n"
BAD = "email,name\nada@example.org,Ada Sample\nno-address,Grace Sample\n"
ROLES_THAT_LOOK_ON = [Member.Role.ASSESSOR, Member.Role.VIEWER]


@pytest.fixture
def version() -> AchievementVersion:
    return make_version()


@pytest.fixture
def owner(version: AchievementVersion) -> User:
    return make_member(version.achievement.issuer)


@pytest.fixture
def dashboard(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def upload(dashboard: Client, version: AchievementVersion) -> Callable[..., Answer]:
    def send(content: str | bytes | None = GOOD, **fields: str) -> Answer:
        data: dict[str, object] = {"achievement": str(version.achievement.public_id), **fields}
        if content is not None:
            body = content.encode() if isinstance(content, str) else content
            data["file"] = SimpleUploadedFile("learners.csv", body)
        return dashboard.post("/dashboard/award", data)

    return send


def address(batch: Batch, step: str = "") -> str:
    return f"/dashboard/batches/{batch.public_id}{step}"


# Who may come in


STEPS = ["", "/columns", "/recall", "/progress", "/report.csv", "/problems.csv"]
CHANGES = ["/start", "/drop", *(f"/{action}" for action in batch_pages.CHANGES), "/recall", "/columns"]


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/award"])
def test_a_stranger_is_sent_to_sign_in(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in?next={path}")


@pytest.mark.parametrize("step", STEPS)
def test_a_stranger_sees_nothing_of_a_batch(client: Client, version: AchievementVersion, step: str) -> None:
    response = client.get(address(make_batch(version), step))
    assert response.status_code == 302 and response["Location"].startswith("/sign-in?")


@pytest.mark.parametrize("step", CHANGES)
def test_a_stranger_changes_nothing(client: Client, version: AchievementVersion, step: str) -> None:
    batch = make_batch(version)
    assert client.post(address(batch, step)).status_code == 302
    batch.refresh_from_db()
    assert batch.state == Batch.State.VALIDATED


@pytest.mark.parametrize("step", STEPS)
def test_a_batch_of_another_issuer_does_not_exist(dashboard: Client, step: str) -> None:
    theirs = make_batch(make_version(make_issuer("another")))
    assert dashboard.get(address(theirs, step)).status_code == 404


@pytest.mark.parametrize("step", CHANGES)
def test_a_batch_of_another_issuer_cannot_be_touched(dashboard: Client, step: str) -> None:
    theirs = make_batch(make_version(make_issuer("another")))
    assert dashboard.post(address(theirs, step)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == Batch.State.VALIDATED


def test_an_achievement_of_another_issuer_cannot_be_awarded(upload: Callable[..., Answer]) -> None:
    theirs = make_version(make_issuer("another"))
    assert upload(achievement=str(theirs.achievement.public_id)).status_code == 404
    assert not Batch.objects.exists()


@pytest.mark.parametrize("role", ROLES_THAT_LOOK_ON)
def test_who_may_not_award_is_refused(client: Client, version: AchievementVersion, role: Member.Role) -> None:
    client.force_login(make_member(version.achievement.issuer, email="viewer@example.org", role=role))
    assert client.get("/dashboard/").status_code == 200
    assert client.get("/dashboard/award").status_code == 403
    assert client.post("/dashboard/award", {"achievement": str(version.achievement.public_id)}).status_code == 403
    assert client.get(address(make_batch(version))).status_code == 404


@pytest.mark.parametrize("role", ROLES_THAT_LOOK_ON)
def test_who_may_not_award_finds_no_step_of_a_batch(
    client: Client, version: AchievementVersion, role: Member.Role
) -> None:
    """T10: each page and each action, for batches in each state that somebody can act on."""
    client.force_login(make_member(version.achievement.issuer, email="viewer@example.org", role=role))
    for batch in (make_batch(version), started(make_batch(version)), issue(version, person())):
        before = (batch.state, batch.started_at, batch.cancelled_at, batch.rows.count())
        for step in STEPS:
            assert client.get(address(batch, step)).status_code == 404, step
        for step in CHANGES:
            assert client.post(address(batch, step), {"typed": "1", "reason": "other"}).status_code == 404, step
        batch.refresh_from_db()
        assert (batch.state, batch.started_at, batch.cancelled_at, batch.rows.count()) == before
    assert not Recall.objects.exists()


@pytest.mark.parametrize("step", CHANGES[:-2])
def test_a_batch_is_not_changed_by_following_a_link(dashboard: Client, version: AchievementVersion, step: str) -> None:
    assert dashboard.get(address(make_batch(version), step)).status_code == 405


@pytest.mark.parametrize("path", ["/dashboard/award", "start"])
def test_a_form_of_another_site_is_refused(owner: User, version: AchievementVersion, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    batch = make_batch(version)
    assert client.post(address(batch, "/start") if path == "start" else path).status_code == 403
    batch.refresh_from_db()
    assert batch.state == Batch.State.VALIDATED


# Pages


def test_home_lists_what_can_be_awarded_and_the_latest_batches(dashboard: Client, version: AchievementVersion) -> None:
    issue(version, *people(2))
    response = dashboard.get("/dashboard/")
    assert response.status_code == 200
    assert "learners.csv" in response.content.decode()
    assert version.name in response.content.decode()


def test_the_form_offers_what_is_not_archived(dashboard: Client, version: AchievementVersion) -> None:
    archived = make_version(version.achievement.issuer, slug="old", name="An old one (SAMPLE)")
    archived.achievement.archived_at = timezone.now()
    archived.achievement.save()
    page = dashboard.get("/dashboard/award").content.decode()
    assert version.name in page and archived.name not in page


def test_a_page_of_the_dashboard_runs_nothing_but_our_own_scripts(dashboard: Client) -> None:
    policy = dashboard.get("/dashboard/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


# From a file to awards


def test_an_uploaded_file_is_checked_and_awards_nobody_yet(
    upload: Callable[..., Answer], owner: User, dashboard: Client
) -> None:
    response = upload()
    batch = Batch.objects.get()
    assert (response.status_code, response["Location"]) == (302, address(batch))
    assert (batch.state, batch.total, batch.created_by, batch.file_name) == ("validated", 2, owner, "learners.csv")
    assert not Award.objects.exists()
    page = dashboard.get(address(batch))
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert "Ada Sample" in page.content.decode()


def test_starting_it_awards_everyone_once_however_often_it_is_clicked(
    upload: Callable[..., Answer],
    dashboard: Client,
    woken: Woken,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    upload()
    batch = Batch.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        first = dashboard.post(address(batch, "/start"))
    assert (first.status_code, first["Location"]) == (302, address(batch))
    assert woken == []  # it waits, and can be undone
    with django_capture_on_commit_callbacks(execute=True):
        assert dashboard.post(address(batch, "/begin")).status_code == 302
    assert woken == [(TASK, [batch.pk])]
    assert dashboard.post(address(batch, "/start")).status_code == 302
    assert dashboard.post(address(batch, "/begin")).status_code == 302
    work_off(batch)
    assert dashboard.post(address(batch, "/start")).status_code == 302
    assert not batch.rows.filter(state="pending").exists()
    assert Award.objects.filter(state=Award.State.ISSUED).count() == 2


def test_a_file_with_errors_needs_an_explicit_yes(upload: Callable[..., Answer], dashboard: Client) -> None:
    upload(BAD)
    batch = Batch.objects.get()
    assert "Row 3, column email" in dashboard.get(address(batch)).content.decode()
    assert dashboard.post(address(batch, "/start")).status_code == 409
    batch.refresh_from_db()
    assert batch.state == Batch.State.VALIDATED
    assert dashboard.post(address(batch, "/start"), {"accept_errors": "yes"}).status_code == 302
    assert dashboard.post(address(batch, "/begin")).status_code == 302
    assert (work_off(batch).issued, batch.failed) == (1, 1)


def test_a_dropped_file_awards_nobody(upload: Callable[..., Answer], dashboard: Client) -> None:
    upload()
    batch = Batch.objects.get()
    response = dashboard.post(address(batch, "/drop"))
    assert (response.status_code, response["Location"]) == (302, "/dashboard/award")
    assert dashboard.post(address(batch, "/start")).status_code == 409
    batch.refresh_from_db()
    assert batch.state == Batch.State.CANCELLED
    assert dashboard.get(address(batch)).status_code == 200


def test_dropping_what_has_started_leads_back_to_it(dashboard: Client, version: AchievementVersion) -> None:
    batch = started(make_batch(version))
    response = dashboard.post(address(batch, "/drop"))
    assert (response.status_code, response["Location"]) == (302, address(batch))
    batch.refresh_from_db()
    assert batch.state == Batch.State.RUNNING


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (None, {}),
        (GOOD, {"achievement": ""}),
        (GOOD, {"achievement": "not-a-uuid"}),
        (GOOD, {"duplicates": "maybe"}),
        ("", {}),
        ("email,name\n", {}),
        (b"\x89PNG\r\n\x1a\n\x00", {}),
        (b"\xff\xfe\xff", {}),
    ],
)
def test_what_cannot_be_checked_shows_the_form_again(
    upload: Callable[..., Answer], content: str | bytes | None, fields: dict[str, str]
) -> None:
    response = upload(content, **fields)
    assert response.status_code == 400
    assert "<form" in response.content.decode()
    assert not Batch.objects.exists()


def test_an_achievement_archived_meanwhile_is_named_as_the_problem(
    upload: Callable[..., Answer], version: AchievementVersion
) -> None:
    version.achievement.archived_at = timezone.now()
    version.achievement.save()
    response = upload()
    assert response.status_code == 400
    assert "archived" in response.content.decode()
    assert not Batch.objects.exists()


def test_markup_in_a_file_is_shown_as_text(upload: Callable[..., Answer], dashboard: Client) -> None:
    upload("email,name\nada@example.org,<script>alert(1)</script>\n")
    for batch in Batch.objects.all():
        for state in (batch, work_off(started(batch))):
            assert "<script>alert" not in dashboard.get(address(state)).content.decode()
    assert "<script>alert" not in upload("email,<script>alert(1)</script>\n").content.decode()


@pytest.mark.parametrize(
    ("duplicates", "words"), [("skip", "held"), ("renew", "renewal"), ("issue", "new"), ("correct", "correction")]
)
def test_the_check_says_what_becomes_of_those_who_hold_it(
    upload: Callable[..., Answer], dashboard: Client, version: AchievementVersion, duplicates: str, words: str
) -> None:
    issue(version, person())
    upload(duplicates=duplicates)
    view = dashboard.get(address(Batch.objects.latest("pk"))).context["view"]
    kinds = {"held": view.held, "renewal": view.renewals, "new": view.new, "correction": view.corrections}
    assert view.total == 2
    assert kinds[words] == (2 if words == "new" else 1)


# While and after


def test_what_was_not_started_has_rows_but_no_progress(
    dashboard: Client, upload: Callable[..., Answer], version: AchievementVersion
) -> None:
    upload(BAD)
    page = dashboard.get("/dashboard/").content.decode()
    assert "2 rows, 1 with errors" in page and "<progress" not in page
    upload("Wer,Wo\nAda Sample,ada@example.org\n")
    assert "Columns are still to be matched" in dashboard.get("/dashboard/").content.decode()
    begun = Batch.objects.get(state=Batch.State.VALIDATED)
    start_batch(batch_id=begun.pk, now=NOW, accept_errors=True)
    assert "<progress" in dashboard.get("/dashboard/").content.decode()


def test_progress_is_told_as_json(dashboard: Client, version: AchievementVersion) -> None:
    batch = started(make_batch(version, *people(3)))
    before = dashboard.get(address(batch, "/progress"))
    assert before["Content-Type"] == "application/json" and "no-store" in before["Cache-Control"]
    assert before.json()["state"] == "running"
    work_off(batch)
    after = dashboard.get(address(batch, "/progress")).json()
    assert (after["state"], after["total"], after["issued"], after["failed"]) == ("finished", 3, 3, 0)


@pytest.mark.parametrize("state", Batch.State.values)
def test_a_batch_in_any_state_has_a_page(dashboard: Client, version: AchievementVersion, state: str) -> None:
    batch = make_batch(version)
    ends = state in ("finished", "cancelled")
    Batch.objects.filter(pk=batch.pk).update(
        state=state, started_at=NOW, starts_at=NOW, cancelled_at=NOW, finished_at=NOW if ends else None
    )
    page = dashboard.get(address(batch), follow=True)
    assert page.status_code == (400 if state == "draft" else 200)  # the file of this draft is not kept
    assert dashboard.get(address(batch, "/progress")).json()["state"] == state


def test_the_page_of_a_finished_batch_leads_to_each_credential(dashboard: Client, version: AchievementVersion) -> None:
    issue(version, person())
    batch = issue(version, person(), person("grace@example.org", "Grace Sample"))
    page = dashboard.get(address(batch)).content.decode()
    assert reverse("credential", args=[batch.awards.get().public_id]) in page


def test_the_report_is_a_csv_with_every_link_and_code(dashboard: Client, version: AchievementVersion) -> None:
    batch = issue(version, *people(3))
    response = dashboard.get(address(batch, "/report.csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="awards-{batch.public_id}.csv"'
    text = response.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["link"] for row in rows] == [award.address for award in batch.awards.order_by("batch_row")]
    assert {row["state"] for row in rows} == {"issued"}


def test_the_report_exists_before_the_start_too(dashboard: Client, version: AchievementVersion) -> None:
    text = dashboard.get(address(make_batch(version, *people(2)), "/report.csv")).getvalue().decode("utf-8-sig")
    assert [row["state"] for row in csv.DictReader(io.StringIO(text))] == ["pending", "pending"]


# Columns, waiting, stopping, taking back


GERMAN = "E-Mail-Adresse;Vorname;Nachname;Farbe\nada@example.org;Ada;Sample;rot\nno-address;Grace;Sample;blau\n"
MATCHED = {"column-0": "email", "column-1": "given_name", "column-2": "family_name", "column-3": "-"}


def test_headers_that_are_not_ours_are_matched_on_a_page(upload: Callable[..., Answer], dashboard: Client) -> None:
    response = upload(GERMAN)
    batch = Batch.objects.get()
    assert batch.state == "draft"
    assert dashboard.get(response["Location"])["Location"] == address(batch, "/columns")
    form = dashboard.get(address(batch, "/columns"))
    assert [column["chosen"] for column in form.context["columns"]] == list(MATCHED.values())
    wrong = dashboard.post(address(batch, "/columns"), {**MATCHED, "column-3": "email"})
    assert wrong.status_code == 400 and "Two columns are to be" in wrong.content.decode()
    assert [column["chosen"] for column in wrong.context["columns"]][3] == "email"
    assert dashboard.post(address(batch, "/columns"), MATCHED)["Location"] == address(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.failed) == ("validated", 2, 1)
    page = dashboard.get(address(batch)).content.decode()
    assert "Ada Sample" in page and "Match columns again" in page


def test_a_draft_is_dropped_and_leaves_no_file(upload: Callable[..., Answer], dashboard: Client) -> None:
    upload(GERMAN)
    batch = Batch.objects.get()
    assert dashboard.post(address(batch, "/drop"))["Location"] == "/dashboard/award"
    batch.refresh_from_db()
    assert batch.state == "cancelled" and not batch.file_pieces.exists()


def test_an_excel_workbook_is_uploaded_like_any_file(upload: Callable[..., Answer]) -> None:
    rows = (text("email", "name"), text("ada@example.org", "=HYPERLINK(1)"), text("bo@example.org", "Bo"))
    assert upload(workbook(*rows)).status_code == 302
    assert Batch.objects.get().total == 2


def test_rows_with_errors_come_as_a_csv_without_live_formulas(upload: Callable[..., Answer], dashboard: Client) -> None:
    upload("email,name\nno-address,=1+1\nada@example.org,Ada\n")
    response = dashboard.get(address(Batch.objects.get(), "/problems.csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    [row] = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig")))
    assert (row["row"], row["email"], row["name"]) == ("2", "no-address", "'=1+1")


def test_a_batch_waits_ten_minutes_or_until_the_time_that_was_given(
    upload: Callable[..., Answer], dashboard: Client
) -> None:
    upload()
    batch = Batch.objects.get()
    before = timezone.now()
    dashboard.post(address(batch, "/start"))
    batch.refresh_from_db()
    assert batch.starts_at is not None and 595 < (batch.starts_at - before).total_seconds() < 660
    assert "Undo" in dashboard.get(address(batch)).content.decode()
    assert dashboard.post(address(batch, "/undo")).status_code == 302
    later = (before + timedelta(days=3)).replace(second=0, microsecond=0)
    dashboard.post(address(batch, "/start"), {"starts_at": f"{later:%Y-%m-%dT%H:%M}"})
    batch.refresh_from_db()
    assert (batch.state, batch.starts_at) == ("held", later)


def test_a_time_that_makes_no_sense_or_has_passed_still_leaves_the_time_to_undo(
    upload: Callable[..., Answer], dashboard: Client
) -> None:
    for text_ in ("1999-01-01T00:00", "tomorrow"):
        upload(duplicates="issue")
        batch = Batch.objects.latest("pk")
        dashboard.post(address(batch, "/start"), {"starts_at": text_})
        batch.refresh_from_db()
        assert batch.starts_at is not None and batch.starts_at > timezone.now() + timedelta(minutes=9)


def test_buttons_say_what_came_of_them(dashboard: Client, version: AchievementVersion) -> None:
    batch = started(make_batch(version, *people(2)))
    assert "Paused." in dashboard.post(address(batch, "/pause"), follow=True).content.decode()
    assert "goes on" in dashboard.post(address(batch, "/resume"), follow=True).content.decode()
    assert "Cancelled." in dashboard.post(address(batch, "/cancel"), follow=True).content.decode()
    refused = dashboard.post(address(batch, "/resume"), follow=True).content.decode()
    assert "Only a paused batch can be resumed." in refused
    entry = AuditEntry.objects.get(action="batch.resumed", result="refused")
    assert (entry.actor_kind, entry.code) == ("user", "batch_state_refuses")


def test_a_broker_that_is_away_is_no_error_of_the_page(
    upload: Callable[..., Answer],
    dashboard: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("Error 111 connecting to localhost:6379. Connection refused.")

    monkeypatch.setattr(current_app, "send_task", away)
    upload()
    batch = Batch.objects.get()
    for step in ("/start", "/begin", "/pause", "/resume", "/cancel"):
        with django_capture_on_commit_callbacks(execute=True):
            assert dashboard.post(address(batch, step)).status_code == 302
    assert dashboard.get(address(batch)).status_code == 200


def test_a_recall_needs_a_reason_and_the_number_typed(dashboard: Client, version: AchievementVersion) -> None:
    batch = issue(version, *people(3))
    page = dashboard.get(address(batch, "/recall"))
    assert "Type 3 to confirm" in page.content.decode()
    for answer in ({"typed": "2", "reason": "issued_in_error"}, {"typed": "3", "reason": "because"}, {}):
        assert dashboard.post(address(batch, "/recall"), answer).status_code == 400
    assert not Recall.objects.exists()
    given = {"typed": "3", "reason": "issued_in_error", "public_note": "For the next class"}
    assert dashboard.post(address(batch, "/recall"), given)["Location"] == address(batch)
    recall = Recall.objects.get()
    assert (recall.reason, recall.public_note, recall.requested_by) == (
        "issued_in_error",
        "For the next class",
        batch.issuer.members.get().user,
    )
    assert "Being recalled" in dashboard.get(address(batch)).content.decode()
    assert dashboard.get(address(batch, "/progress")).json()["final"] is False


def test_an_awards_row_leads_to_where_it_is_corrected(dashboard: Client, version: AchievementVersion) -> None:
    batch = issue(version, person())
    page = dashboard.get(address(batch)).content.decode()
    assert reverse("dashboard_award_page", args=[batch.awards.get().public_id]) in page
