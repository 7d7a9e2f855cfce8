"""The issuer's dashboard: awards of an achievement, one award, what can be done with it, and the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from credentials import life, status_lists
from credentials.acting import actor_of, issuers_of, theirs
from credentials.audit_export import csv_of, json_lines_of
from credentials.award_display import ACTION_WORDS, award_line, award_view, events
from credentials.codes import read_code, shown
from credentials.corrections import form_of, read_form
from credentials.errors import IssuingError
from credentials.life import LifeError, Reason
from credentials.models import Achievement, Award, Reinstatement
from credentials.models.awards import AwardQuerySet
from issuers import audit
from issuers.models import AuditEntry
from openbadges.documents import DocumentInvalid

AWARDS_ON_PAGE = 50
EVENTS_ON_PAGE = 50
LONGEST_SEARCH = 200
FILTERS = (
    ("", "All"),
    ("in-force", "In force"),
    ("suspended", "Suspended"),
    ("revoked", "Revoked"),
    ("replaced", "Replaced"),
    ("expired", "Expired"),
)
# What the audit log calls them (credentials.life).
LOG_NAMES = {
    "suspend": "award.suspended",
    "reinstate": "award.reinstated",
    "revoke": "award.revoked",
    "correct": "award.corrected",
    "renew": "award.renewed",
}
DONE_WORDS = {
    "suspend": "Suspended. Verifiers refuse it within seconds.",
    "reinstate": "Being reinstated. A worker signs its new document in a moment.",
    "revoke": "Revoked. Verifiers refuse it within seconds.",
    "renew": "Renewed. This is the new award.",
    "correct": "Corrected. This is the new award.",
}


@login_required
@never_cache
@require_safe
def awards(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The awards of an achievement, newest first, by keyset pages; searched by name, address, code or external id."""
    mine = Achievement.objects.filter(issuer__in=issuers_of(request)).select_related("issuer")
    achievement = get_object_or_404(mine, public_id=public_id)
    now = timezone.now()
    query = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    chosen = request.GET.get("state", "")
    found = _filtered(_searched(_of(achievement), query), chosen, now)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    page = list(found.order_by("-pk")[: AWARDS_ON_PAGE + 1])
    shown_ones = page[:AWARDS_ON_PAGE]
    waiting = set(Reinstatement.objects.filter(award__in=shown_ones).values_list("pk", flat=True))
    context = {
        "nav": "dashboard",
        "achievement_name": achievement.current.name,
        "achievement_id": achievement.public_id,
        "lines": [award_line(award, now=now, is_reinstating=award.pk in waiting) for award in shown_ones],
        "query": query,
        "chosen": chosen,
        "filters": FILTERS,
        "older": shown_ones[-1].pk if len(page) > AWARDS_ON_PAGE else None,
        "is_first": not before,
    }
    return render(request, "dashboard/awards.html", context)


def _of(achievement: Achievement) -> AwardQuerySet:
    versions = list(achievement.versions.values_list("pk", flat=True))
    awards = Award.objects.filter(achievement_version__in=versions).exclude(state=Award.State.ABANDONED)
    return awards.defer("document", "token_signature", "narrative")


def _searched(found: AwardQuerySet, query: str) -> AwardQuerySet:
    if not query:
        return found
    if "@" in query:
        return found.filter(recipient_email__startswith=query.lower())
    by_name = Q(recipient_name__icontains=query) | Q(external_id=query)
    code = read_code(query)
    return found.filter(by_name | Q(code=code)) if code else found.filter(by_name)


def _filtered(found: AwardQuerySet, chosen: str, now: datetime) -> AwardQuerySet:
    states = {"suspended": Award.State.SUSPENDED, "revoked": Award.State.REVOKED, "replaced": Award.State.SUPERSEDED}
    if chosen in states:
        return found.filter(state=states[chosen])
    if chosen == "in-force":
        return found.filter(state=Award.State.ISSUED).exclude(valid_until__lte=now)
    if chosen == "expired":
        return found.filter(state=Award.State.ISSUED, valid_until__lte=now)
    return found


@login_required
@never_cache
@require_safe
def award(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One award: its state, what can be done, what was done."""
    return _award_page(request, _award(request, public_id))


def _award_page(request: HttpRequest, found: Award) -> HttpResponse:
    entries = AuditEntry.objects.filter(object_id=str(found.public_id)).order_by("-pk")[:EVENTS_ON_PAGE]
    view = award_view(
        found,
        entries=list(entries),
        notices=found.notices.order_by("-pk")[:EVENTS_ON_PAGE],
        is_reinstating=Reinstatement.objects.filter(pk=found.pk).exists(),
        now=timezone.now(),
    )
    context = {"nav": "dashboard", "view": view, "late_since": status_lists.late_since(now=timezone.now())}
    return render(request, "dashboard/award_page.html", context)


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it: field -> sentence, "" for the whole."""

    reason: str = ""
    public_note: str = ""
    code: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: uuid.UUID, verb: str) -> HttpResponse:
    """Ask for what an action needs, then do it. A second click changes nothing."""
    if verb not in ACTION_WORDS:
        raise Http404
    found = _award(request, public_id, trying=LOG_NAMES[verb])
    if verb == "correct":
        return _correct(request, found)
    if request.method != "POST":
        return _change_form(request, found, verb, Form())
    form = Form(
        reason=request.POST.get("reason", ""),
        public_note=request.POST.get("public_note", "").strip(),
        code=request.POST.get("code", "").strip(),
    )
    needs_reason = verb in ("suspend", "revoke")
    if needs_reason and form.reason not in Reason.values:
        form.errors["reason"] = "Choose a reason."
    if needs_reason and read_code(form.code) != found.code:
        form.errors["code"] = f"This is not the code of the award. Type {shown(found.code)}."
    if form.errors:
        return _change_form(request, found, verb, form, status=400)
    try:
        changed = _verbs(request, found, form)[verb]()
    except (LifeError, IssuingError, DocumentInvalid) as error:
        form.errors["public_note" if isinstance(error, life.PublicNoteUnfit) else ""] = str(error)
        return _change_form(request, found, verb, form, status=409)
    return _done(request, changed, verb)


def _verbs(request: HttpRequest, found: Award, form: Form) -> dict[str, Callable[[], Award]]:
    common: dict[str, Any] = {"award_id": found.pk, "actor": actor_of(request), "now": timezone.now()}
    said: dict[str, Any] = {"reason": form.reason, "public_note": form.public_note}
    return {
        "suspend": lambda: life.suspend(**common, **said),
        "revoke": lambda: life.revoke(**common, **said),
        "reinstate": lambda: life.reinstate(**common),
        "renew": lambda: life.renew(**common),
    }


def _change_form(request: HttpRequest, found: Award, verb: str, form: Form, *, status: int = 200) -> HttpResponse:
    context = {
        "nav": "dashboard",
        "award": award_line(found, now=timezone.now()),
        "achievement_name": found.achievement_version.name,
        "verb": verb,
        "words": ACTION_WORDS[verb],
        "needs_reason": verb in ("suspend", "revoke"),
        "reasons": Reason.choices,
        "form": form,
        "problem": form.errors.get("", ""),
    }
    return render(request, "dashboard/award_change.html", context, status=status)


def _correct(request: HttpRequest, found: Award) -> HttpResponse:
    if request.method != "POST":
        return _correction_form(request, found, fields=form_of(found))
    typed = {name: text for name, text in request.POST.items() if isinstance(text, str)}
    now = timezone.now()
    values, errors = read_form(found, typed, now=now)
    if values is None:
        return _correction_form(request, found, fields=form_of(found, typed, errors), status=400)
    try:
        new = life.correct(award_id=found.pk, values=values, actor=actor_of(request), now=now)
    except (LifeError, IssuingError, DocumentInvalid) as error:
        return _correction_form(request, found, fields=form_of(found, typed), problem=str(error), status=409)
    return _done(request, new, "correct")


def _correction_form(
    request: HttpRequest, found: Award, *, fields: tuple[Any, ...], problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "nav": "dashboard",
        "award": award_line(found, now=timezone.now()),
        "achievement_name": found.achievement_version.name,
        "fields": fields,
        "problem": problem,
        "has_errors": any(each.errors for each in fields),
    }
    return render(request, "dashboard/award_correct.html", context, status=status)


def _done(request: HttpRequest, changed: Award, verb: str) -> HttpResponse:
    messages.success(request, DONE_WORDS[verb])
    return redirect("dashboard_award_page", changed.public_id)


@login_required
@never_cache
@require_safe
def audit_log(request: HttpRequest, slug: str) -> HttpResponse:
    """What was done and refused in an issuer's name, newest first."""
    issuer = get_object_or_404(issuers_of(request), slug=slug)
    entries = AuditEntry.objects.filter(issuer=issuer)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    page = list(entries.order_by("-pk")[: EVENTS_ON_PAGE + 1])
    context = {
        "nav": "dashboard",
        "issuer": issuer,
        "events": events(page[:EVENTS_ON_PAGE]),
        "older": page[EVENTS_ON_PAGE - 1].pk if len(page) > EVENTS_ON_PAGE else None,
        "is_first": not before,
    }
    return render(request, "dashboard/audit.html", context)


@login_required
@require_safe
def audit_file(request: HttpRequest, slug: str, kind: str) -> StreamingHttpResponse:
    """The same as a file; that it was taken is in the log, too."""
    issuer = get_object_or_404(issuers_of(request), slug=slug)
    audit.record(
        "audit.exported",
        actor=actor_of(request),
        issuer_id=issuer.pk,
        object_kind="issuer",
        object_id=issuer.slug,
        now=timezone.now(),
        details={"format": kind},
    )
    lines, media_type = (csv_of, "text/csv") if kind == "csv" else (json_lines_of, "application/jsonl")
    response = StreamingHttpResponse(lines(issuer), content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{issuer.slug}.{kind}"'
    return response


def _award(request: HttpRequest, public_id: uuid.UUID, *, trying: str = "") -> Award:
    found = (
        Award.objects.select_related("achievement_version__achievement", "issuer", "batch", "replaced_by")
        .defer("document", "achievement_version__image_svg", "achievement_version__image_png")
        .filter(public_id=public_id)
        .first()
    )
    return theirs(found, request, trying=trying)
