"""The issuer's dashboard: award a file of people, see how far a batch is, take away links and codes."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials import file_checks, status_lists, uploads
from credentials.acting import actor_of, issuers_of, theirs, user_of
from credentials.display import Choice, ChoiceGroup, FileFault, batch_view
from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.models import Achievement, AchievementVersion, Batch
from issuers.models import Issuer

BATCHES_ON_HOME = 20


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
        with suppress(Http404):
            _chosen_version(request)  # or else the log of its issuer would not tell of the attempt
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
        errors["file"] = "Choose a CSV or XLSX file."
    if duplicates not in Batch.Duplicates.values:
        errors["duplicates"] = "Choose what to do with people who hold it already."
    if version is None or upload is None or errors:
        return _award_form(request, errors=errors)
    return _check_upload(request, version, upload, Batch.Duplicates(duplicates))


def _check_upload(
    request: HttpRequest, version: AchievementVersion, upload: UploadedFile[bytes], duplicates: Batch.Duplicates
) -> HttpResponse:
    """Keep the file. One whose headers are our own names is checked at once; another's columns are asked for."""
    now = timezone.now()
    try:
        draft = uploads.receive(
            upload,
            name=upload.name or "",
            version=version,
            duplicates=duplicates,
            created_by=user_of(request),
            actor=actor_of(request),
            now=now,
        )
    except IssuingError as error:
        return _award_form(request, errors={"achievement": str(error)})
    try:
        if uploads.has_own_headers(draft, now=now):
            file_checks.check(draft, meanings=None, actor=actor_of(request), now=now)
    except ImportRefused as refused:
        draft.delete()
        return _award_form(request, faults=(FileFault(refused.message, refused.cure),))
    return redirect("dashboard_batch", draft.public_id)


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


def _issuers(request: HttpRequest) -> list[Issuer]:
    return list(issuers_of(request).order_by("name"))


def _chosen_version(request: HttpRequest) -> AchievementVersion | None:
    try:
        public_id = uuid.UUID(request.POST.get("achievement", ""))
    except ValueError:
        return None
    chosen = Achievement.objects.filter(public_id=public_id).first()
    return theirs(chosen, request, trying="batch.uploaded").current


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
