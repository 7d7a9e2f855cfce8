"""The pages of one batch: match its columns, see what would be awarded, start, follow, stop and take back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from credentials import file_checks, recalls, transitions, uploads
from credentials.acting import actor_of, theirs, user_of
from credentials.codes import shown
from credentials.display import BatchView, FailedRow, FileFault, IssuedRow, batch_view
from credentials.dry_run import dry_run_view
from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.imports.columns import NAME_PARTS
from credentials.imports.safe_csv import encode_rows
from credentials.life import LifeError
from credentials.models import Batch, BatchRow
from credentials.reports import failed_rows, report_rows

ROWS_ON_BATCH_PAGE = 100
_IN_WORDS = {
    "email": "E-mail address",
    "name": "Whole name",
    "given_name": "Given name",
    "family_name": "Family name",
    "external_id": "Your own id of the award",
    "awarded_on": "Awarded on",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "narrative": "Remarks that everybody reads",
    "evidence_url": "Evidence: its address",
    "evidence_name": "Evidence: its name",
    "licence_number": "Licence number",
    "language": "Language",
}
LEFT_OUT = "-"
"""What the form says of a column that is not read; an empty choice is one that nobody made."""


@login_required
@never_cache
@require_safe
def batch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """A batch: before its start what would be awarded, then how far it is, at the end who got what."""
    found = batch_of(request, public_id)
    if found.check_asked_at is not None:
        view = batch_view(found, now=timezone.now())
        return render(request, "dashboard/checking.html", {"nav": "dashboard", "batch": view})
    if found.state == Batch.State.DRAFT:
        return redirect("dashboard_batch_columns", public_id)
    if found.state == Batch.State.VALIDATED:
        return _dry_run(request, found)
    return render(request, "dashboard/batch.html", {"nav": "dashboard", "batch": _full_view(found)})


@login_required
@never_cache
def columns(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Say what each column of the file means; a guess is filled in. Then every row is checked."""
    found = batch_of(request, public_id, trying="batch.checked")
    if found.state not in (Batch.State.DRAFT, Batch.State.VALIDATED) or found.check_asked_at is not None:
        return redirect("dashboard_batch", public_id)
    now = timezone.now()
    try:
        previews = uploads.preview(found, now=now)
    except (ImportRefused, IssuingError) as error:
        return _columns_form(request, found, (), faults=(_fault(error),))
    if request.method != "POST":
        return _columns_form(request, found, previews, refused=tuple(FileFault(*fault) for fault in found.check_faults))
    meanings = {}
    for position, preview in enumerate(previews):
        chosen = request.POST.get(f"column-{position}", "")
        meanings[preview.header] = "" if chosen == LEFT_OUT else chosen
    try:
        file_checks.check(found, meanings=meanings, actor=actor_of(request), now=now)
    except uploads.HeaderRefused as refused:
        faults = tuple(FileFault(error.message, error.cure) for error in refused.errors)
        return _columns_form(request, found, previews, faults=faults)
    except (ImportRefused, IssuingError) as error:
        return _columns_form(request, found, previews, faults=(_fault(error),))
    return redirect("dashboard_batch", public_id)


@login_required
@require_POST
def start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Award what the check found good, after the time to undo it or at the time that was given. Twice is once."""
    found = batch_of(request, public_id, trying="batch.started")
    now = timezone.now()
    starts_at = max(_moment(request.POST.get("starts_at", "")) or now, now + transitions.UNDO_WINDOW)
    try:
        transitions.start_batch(
            batch_id=found.pk,
            now=now,
            accept_errors=request.POST.get("accept_errors") == "yes",
            starts_at=starts_at,
            actor=actor_of(request),
        )
    except IssuingError as error:
        return _dry_run(request, found, error=str(error))
    return redirect("dashboard_batch", public_id)


@login_required
@require_POST
def drop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Drop a checked file that was not awarded."""
    found = batch_of(request, public_id, trying="batch.cancelled")
    if found.state not in (Batch.State.DRAFT, Batch.State.VALIDATED):
        return redirect("dashboard_batch", public_id)
    try:
        transitions.cancel_batch(batch_id=found.pk, now=timezone.now(), actor=actor_of(request))
    except IssuingError:
        return redirect("dashboard_batch", public_id)
    return redirect("dashboard_award")


@dataclass(frozen=True, slots=True)
class Change:
    """What a button asks for, what the audit log calls it, and what the page says when it was done."""

    act: Callable[..., Batch]
    log_name: str
    done: str


CHANGES = {
    "begin": Change(transitions.start_held, "batch.begun", "The batch is on its way."),
    "undo": Change(transitions.undo_batch, "batch.undone", "Taken back. Nothing was signed."),
    "pause": Change(transitions.pause_batch, "batch.paused", "Paused. Rows that are being signed are finished."),
    "resume": Change(transitions.resume_batch, "batch.resumed", "The batch goes on."),
    "cancel": Change(transitions.cancel_batch, "batch.cancelled", "Cancelled. What was awarded before stands."),
    "retry": Change(transitions.retry_failed_rows, "batch.retried", "Failed rows are tried again."),
}
RETRY_WAITS = "Failed rows wait to be tried again. The batch stays paused until you resume it."


@login_required
@require_POST
def change(request: HttpRequest, public_id: uuid.UUID, action: str) -> HttpResponseBase:
    """Begin early, undo, pause, resume, cancel, try failed rows again; the page then says what came of it."""
    wanted = CHANGES[action]
    found = batch_of(request, public_id, trying=wanted.log_name)
    try:
        changed = wanted.act(batch_id=found.pk, now=timezone.now(), actor=actor_of(request))
    except IssuingError as error:
        messages.error(request, str(error))
    else:
        is_waiting = action == "retry" and changed.state == Batch.State.PAUSED
        messages.success(request, RETRY_WAITS if is_waiting else wanted.done)
    return redirect("dashboard_batch", public_id)


@login_required
@never_cache
def recall(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Revoke every award of the batch: asks for the reason and for the number of awards, typed."""
    found = batch_of(request, public_id, trying="batch.recall_asked")
    standing = recalls.standing(found)
    errors = {}
    if request.method == "POST":
        typed = request.POST.get("typed", "").replace("\u202f", "").replace(" ", "")
        if typed != str(standing):
            errors["typed"] = f"Type {standing}, the number of awards that will be revoked."
        if request.POST.get("reason") not in dict(recalls.REASONS):
            errors["reason"] = "Choose a reason."
        if not errors:
            return _begin_recall(request, found)
    context = {
        "nav": "dashboard",
        "batch": batch_view(found, now=timezone.now()),
        "standing": standing,
        "reasons": recalls.REASONS,
        "reason": request.POST.get("reason", ""),
        "public_note": request.POST.get("public_note", ""),
        "errors": errors,
    }
    return render(request, "dashboard/recall.html", context, status=400 if errors else 200)


def _begin_recall(request: HttpRequest, found: Batch) -> HttpResponse:
    try:
        recalls.request_recall(
            batch_id=found.pk,
            reason=request.POST["reason"],
            public_note=request.POST.get("public_note", ""),
            requested_by=user_of(request),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except (IssuingError, LifeError) as error:
        messages.error(request, str(error))
    return redirect("dashboard_batch", found.public_id)


@login_required
@never_cache
@require_safe
def progress(request: HttpRequest, public_id: uuid.UUID) -> JsonResponse:
    found = batch_of(request, public_id)
    return JsonResponse(batch_view(found, now=timezone.now(), recall=recalls.view_of(found)).to_json())


@login_required
@require_safe
def report(request: HttpRequest, public_id: uuid.UUID) -> StreamingHttpResponse:
    """Every row with its link and code, as CSV."""
    found = batch_of(request, public_id)
    return _csv(report_rows(found), f"awards-{found.public_id}.csv")


@login_required
@require_safe
def problems(request: HttpRequest, public_id: uuid.UUID) -> StreamingHttpResponse:
    """The rows that were not awarded with what the file said in them, to be corrected and uploaded again."""
    found = batch_of(request, public_id)
    return _csv(failed_rows(found), f"problems-{found.public_id}.csv")


def batch_of(request: HttpRequest, public_id: uuid.UUID, *, trying: str = "") -> Batch:
    batches = Batch.objects.select_related("achievement_version__achievement", "created_by", "issuer")
    return theirs(batches.filter(public_id=public_id).first(), request, trying=trying)


def _csv(rows: object, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(encode_rows(rows), content_type="text/csv; charset=utf-8")  # type: ignore[arg-type]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _dry_run(request: HttpRequest, found: Batch, *, error: str = "") -> HttpResponse:
    view = dry_run_view(found, now=timezone.now(), kind=request.GET.get("kind", ""), after=request.GET.get("after", ""))
    context = {
        "nav": "dashboard",
        "view": view,
        "error": error,
        "undo_minutes": transitions.UNDO_WINDOW.seconds // 60,
    }
    return render(request, "dashboard/dry_run.html", context, status=409 if error else 200)


def _columns_form(
    request: HttpRequest,
    found: Batch,
    previews: tuple[uploads.ColumnPreview, ...],
    *,
    faults: tuple[FileFault, ...] = (),
    refused: tuple[FileFault, ...] = (),
) -> HttpResponse:
    """faults: of what was sent just now; refused: why a worker could not check the file."""
    choices = [
        {
            "field": f"column-{position}",
            "header": preview.header,
            "samples": preview.samples,
            "chosen": request.POST.get(f"column-{position}", preview.guess or LEFT_OUT),
        }
        for position, preview in enumerate(previews)
    ]
    context = {
        "nav": "dashboard",
        "batch": batch_view(found, now=timezone.now()),
        "columns": choices,
        "left_out": LEFT_OUT,
        "meanings": [
            (column, _IN_WORDS.get(column, column))
            for column in (*uploads.columns_for(found.achievement_version, now=timezone.now()), *NAME_PARTS)
        ],
        "faults": faults or refused,
        "is_refused": bool(refused) and not faults,
    }
    return render(request, "dashboard/columns.html", context, status=400 if faults else 200)


def _fault(error: Exception) -> FileFault:
    return FileFault(error.message, error.cure) if isinstance(error, ImportRefused) else FileFault(str(error))


def _moment(text: str) -> datetime | None:
    """What a field for date and time sends, in UTC as the page says; None for anything else."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _full_view(found: Batch) -> BatchView:
    rows = found.rows.select_related("award").defer("award__document").order_by("number")
    ended = rows.filter(state__in=[BatchRow.State.FAILED, BatchRow.State.SKIPPED])[:ROWS_ON_BATCH_PAGE]
    issued = rows.filter(state=BatchRow.State.ISSUED)[:ROWS_ON_BATCH_PAGE]
    recalled = recalls.view_of(found)
    return batch_view(
        found,
        now=timezone.now(),
        failed_rows=tuple(FailedRow(row.number, row.values.get("name", ""), row.column, row.message) for row in ended),
        issued_rows=tuple(
            IssuedRow(
                row.number,
                row.award.recipient_name,
                shown(row.award.code),
                reverse("credential", args=[row.award.public_id]),
                reverse("dashboard_award_page", args=[row.award.public_id]),
            )
            for row in issued
            if row.award is not None
        ),
        can_retry=found.cancelled_at is None
        and recalled is None
        and found.rows.filter(state=BatchRow.State.FAILED).exclude(chunk=None).exists(),
        recall=recalled,
    )
