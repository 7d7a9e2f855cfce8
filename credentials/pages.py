"""The issuer's dashboard: award a file of people, see how far a batch is, take away links and codes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from credentials import batches, status_lists, uploads
from credentials.codes import shown
from credentials.display import BatchView, Choice, ChoiceGroup, FailedRow, FileFault, IssuedRow, batch_view
from credentials.dry_run import dry_run_view
from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.imports.safe_csv import encode_rows
from credentials.models import Achievement, AchievementVersion, Award, Batch, BatchRow
from credentials.reports import report_rows
from issuers.models import Issuer

if TYPE_CHECKING:
    from learners.models import User

BATCHES_ON_HOME = 20
ROWS_ON_BATCH_PAGE = 100


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Latest batches and what can be awarded."""
    issuers = _issuers(request)
    recent = (
        Batch.objects.filter(issuer__in=issuers)
        .select_related("achievement_version", "created_by")
        .defer("achievement_version__image_svg", "achievement_version__image_png")
        .order_by("-pk")[:BATCHES_ON_HOME]
    )
    now = timezone.now()
    context = {
        "nav": "dashboard",
        "batches": [batch_view(batch, now=now) for batch in recent],
        "groups": _groups(issuers),
        "late_since": status_lists.late_since(now=now),
    }
    return render(request, "dashboard/home.html", context)


@login_required
def award(request: HttpRequest) -> HttpResponse:
    """Choose an achievement and a file; the file is checked and nothing is awarded yet."""
    if not _issuers(request):
        raise PermissionDenied
    if request.method != "POST":
        return _award_form(request)
    version = _chosen_version(request)
    upload = request.FILES.get("file")
    duplicates = request.POST.get("duplicates", Batch.Duplicates.SKIP)
    errors = {}
    if version is None:
        errors["achievement"] = "Choose what to award."
    if upload is None:
        errors["file"] = "Choose a CSV file."
    if duplicates not in Batch.Duplicates.values:
        errors["duplicates"] = "Choose what to do with people who hold it already."
    if version is None or upload is None or errors:
        return _award_form(request, errors=errors)
    return _check_upload(request, version, upload, Batch.Duplicates(duplicates))


def _check_upload(
    request: HttpRequest, version: AchievementVersion, upload: UploadedFile[bytes], duplicates: Batch.Duplicates
) -> HttpResponse:
    now = timezone.now()
    try:
        checked = uploads.check_file(upload, name=upload.name or "", version=version, duplicates=duplicates, now=now)
        if checked.reading.header_errors or not (checked.reading.rows or checked.reading.failed_rows):
            faults = tuple(FileFault(error.message, error.cure) for error in checked.reading.errors)
            return _award_form(request, faults=faults)
        batch = uploads.store(checked, created_by=_user(request), now=now)
    except ImportRefused as refused:
        return _award_form(request, faults=(FileFault(refused.message, refused.cure),))
    except IssuingError as error:
        return _award_form(request, errors={"achievement": str(error)})
    return redirect("dashboard_batch", batch.public_id)


def _award_form(
    request: HttpRequest, *, errors: dict[str, str] | None = None, faults: tuple[FileFault, ...] = ()
) -> HttpResponse:
    context = {
        "nav": "dashboard",
        "groups": _groups(_issuers(request)),
        "chosen": request.POST.get("achievement") or request.GET.get("achievement", ""),
        "duplicates": request.POST.get("duplicates", Batch.Duplicates.SKIP),
        "policies": Batch.Duplicates.choices,
        "errors": errors or {},
        "faults": faults,
    }
    return render(request, "dashboard/award.html", context, status=400 if errors or faults else 200)


@login_required
@never_cache
@require_safe
def batch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A batch: before its start what would be awarded, then how far it is, at the end who got what."""
    found = _batch(request, public_id)
    if found.state == Batch.State.VALIDATED:
        view = dry_run_view(found, now=timezone.now())
        return render(request, "dashboard/dry_run.html", {"nav": "dashboard", "view": view})
    return render(request, "dashboard/batch.html", {"nav": "dashboard", "batch": _full_view(found)})


@login_required
@require_POST
def start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Award what the check found good. A second click changes nothing."""
    found = _batch(request, public_id)
    try:
        batches.start_batch(
            batch_id=found.pk, now=timezone.now(), accept_errors=request.POST.get("accept_errors") == "yes"
        )
    except IssuingError as error:
        view = dry_run_view(found, now=timezone.now())
        context = {"nav": "dashboard", "view": view, "error": str(error)}
        return render(request, "dashboard/dry_run.html", context, status=409)
    return redirect("dashboard_batch", public_id)


@login_required
@require_POST
def drop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Drop a checked file that was not awarded."""
    try:
        batches.cancel_batch(batch_id=_batch(request, public_id).pk, now=timezone.now())
    except IssuingError:
        return redirect("dashboard_batch", public_id)
    return redirect("dashboard_award")


@login_required
@never_cache
@require_safe
def progress(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    return JsonResponse(batch_view(_batch(request, public_id), now=timezone.now()).to_json())


@login_required
@require_safe
def report(request: HttpRequest, public_id: uuid.UUID) -> StreamingHttpResponse:
    """Every row with its link and code, as CSV."""
    found = _batch(request, public_id)
    response = StreamingHttpResponse(encode_rows(report_rows(found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="awards-{found.public_id}.csv"'
    return response


def _full_view(found: Batch) -> BatchView:
    rows = found.rows.select_related("award").defer("award__document").order_by("number")
    ended = rows.filter(state__in=[BatchRow.State.FAILED, BatchRow.State.SKIPPED])[:ROWS_ON_BATCH_PAGE]
    issued = rows.filter(state=BatchRow.State.ISSUED)[:ROWS_ON_BATCH_PAGE]
    return batch_view(
        found,
        now=timezone.now(),
        failed_rows=tuple(FailedRow(row.number, row.values.get("name", ""), row.column, row.message) for row in ended),
        issued_rows=tuple(
            IssuedRow(row.number, row.award.recipient_name, shown(row.award.code), _page_of(row.award))
            for row in issued
            if row.award is not None
        ),
    )


def _page_of(award: Award) -> str:
    return reverse("credential", args=[award.public_id])


def _user(request: HttpRequest) -> User:
    assert request.user.is_authenticated  # every caller is behind login_required
    return request.user


def _issuers(request: HttpRequest) -> list[Issuer]:
    return list(Issuer.objects.acting(_user(request)).order_by("name"))


def _batch(request: HttpRequest, public_id: uuid.UUID) -> Batch:
    """A batch of an issuer that this person acts for; anybody else's does not exist for them."""
    mine = Batch.objects.filter(issuer__in=Issuer.objects.acting(_user(request)))
    return get_object_or_404(mine.select_related("achievement_version", "created_by"), public_id=public_id)


def _chosen_version(request: HttpRequest) -> AchievementVersion | None:
    try:
        public_id = uuid.UUID(request.POST.get("achievement", ""))
    except ValueError:
        return None
    chosen = Achievement.objects.filter(issuer__in=_issuers(request), public_id=public_id).first()
    if chosen is None:
        raise Http404
    return chosen.current


def _groups(issuers: list[Issuer]) -> list[ChoiceGroup]:
    choices: dict[int, list[Choice]] = {issuer.pk: [] for issuer in issuers}
    for achievement in Achievement.objects.filter(issuer__in=issuers, archived_at=None).order_by("slug"):
        choices[achievement.issuer_id].append(_choice(achievement))
    return [
        ChoiceGroup(
            issuer.name,
            reverse("issuer", args=[issuer.slug]),
            tuple(choices[issuer.pk]),
            reverse("dashboard_audit", args=[issuer.slug]),
        )
        for issuer in issuers
    ]


def _choice(achievement: Achievement) -> Choice:
    version = achievement.versions.defer("image_svg", "image_png").latest("number")
    path: dict[str, Any] = {"public_id": achievement.public_id, "number": version.number}
    return Choice(
        value=str(achievement.public_id),
        name=version.name,
        image_url=reverse("achievement_image", kwargs={**path, "kind": "svg"}),
        page_url=reverse("achievement", args=[achievement.public_id]),
    )
