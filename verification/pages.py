"""The pages that anyone may open: start page, verdict, credential, achievement, issuer."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from csp.decorators import csp_replace
from django.conf import settings
from django.db.models import F, Max, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_safe

from credentials.codes import shown
from credentials.models import AchievementVersion, Award
from issuers.models import Issuer
from openbadges.report import State
from verification import evidence, own, publications
from verification.credential_display import CredentialView, credential_view, link_notice
from verification.display import Asked, ForeignLink, Sample, verdict_view
from verification.http import HTML, any_origin, preferred, varied
from verification.records import achievement_card, achievement_page, host, issuer_entries, issuer_page, record_of
from verification.scale import example_when
from verification.services import verify
from verification.throttle import TooManyTries, seconds_to_wait, tries_to_match, web_for
from verification.uploads import FileIsPdf, FileTooLarge, read_upload
from verification.web import TooManyFetches
from verification.wording import wait_words

LINK_STATUS = {"not_found": 404, "private": 403, "erased": 410, "unclaimed": 200}
CARDS_ON_HOME = 6
SAMPLES_ON_HOME = 3
MOST_VERSIONS_LOOKED_AT = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The verify box first, then what can be earned here."""
    now = timezone.now()
    versions = _current_versions()
    context = {
        "nav": "check",
        "asked": Asked(),
        "example": example_when(now),
        "achievements": [achievement_card(version) for version in _one_per_issuer(versions)],
        "achievement_count": versions.count(),
        "issuers": issuer_entries(),
        "samples": _samples(),
    }
    return render(request, "home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """The box, or the verdict. A link is judged on GET only if it is ours: nobody uses us to reach another site."""
    if request.method == "POST":
        return _verdict_of_form(request)
    url = request.GET.get("url", "").strip()
    if not url:
        return render(request, "verify.html", {"nav": "check", "asked": Asked()})
    if url.lower().startswith(("http://", "https://")) and not own.is_own(url):
        foreign = ForeignLink(url, host_of(url))
        return render(request, "verify.html", {"nav": "check", "asked": Asked.of_text(url), "foreign": foreign})
    return _verdict_page(request, url, Asked.of_text(url))


def _verdict_of_form(request: HttpRequest) -> HttpResponse:
    upload, text = request.FILES.get("file"), request.POST.get("input", "")
    asked = Asked.of_text(text)
    if upload is None and not text.strip():
        error = "Paste a link, a code or the badge's text, or choose a file."
        return render(request, "verify.html", {"nav": "check", "asked": asked, "error": error}, status=400)
    if upload is None:
        return _verdict_page(request, text, asked)
    context = {"nav": "check", "asked": asked}
    try:
        data = read_upload(upload)
    except FileTooLarge:
        error = f"This file is larger than {settings.MAX_UPLOAD_MB} MB. No badge is."
        return render(request, "verify.html", {**context, "error": error}, status=413)
    except FileIsPdf:
        error = "PDF files are not read here. Accepted: PNG, SVG, JSON and JWT files, a link, or a code."
        return render(request, "verify.html", {**context, "error": error}, status=415)
    return _verdict_page(request, data, Asked.of_file(upload.name or "", upload.size or 0))


def _verdict_page(request: HttpRequest, data: bytes | str, asked: Asked) -> HttpResponse:
    wait = seconds_to_wait(request)
    if wait is not None:
        return _too_often(request, "429.html", {"nav": "check", "asked": asked}, wait)
    recipient = request.POST.get("recipient", "").strip()[:254] or None
    # Only a button opens other sites: nobody reaches them through us by a picture or a link (DESIGN 5).
    web = web_for(request) if request.method == "POST" else None
    judged = partial(verify, data, now=timezone.now(), web=web, receipt=True)
    try:
        try:
            verdict = judged(recipient=recipient, admit=tries_to_match(request))
        except TooManyTries as error:
            wait, verdict = error.wait, judged()  # the badge itself is judged all the same
    except TooManyFetches as error:
        return _too_often(request, "429.html", {"nav": "check", "asked": asked}, error.wait)
    record = None if verdict.award is None else record_of(verdict.award)
    view = verdict_view(verdict.report, record=record, asked=asked, host=host(), site=verdict.site)
    context = {"nav": "check", "view": view, "asked": asked}
    if wait is not None:
        return _too_often(request, "verify.html", context, wait)
    return render(request, "verify.html", context, status=LINK_STATUS.get(verdict.report.state, 200))


def _too_often(request: HttpRequest, template: str, context: dict[str, object], wait: int) -> HttpResponse:
    response = render(request, template, {**context, "wait": wait_words(wait)}, status=429)
    response["Retry-After"] = str(wait)
    return response


@any_origin
@require_safe
def credential(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The credential at its id: a page for people, signed documents for programs."""
    return _credential(request, own.OwnLink("id", str(public_id)))


@any_origin
@require_safe
def credential_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The same by short code, however it was typed."""
    return _credential(request, own.OwnLink("code", code))


def _credential(request: HttpRequest, link: own.OwnLink) -> HttpResponse:
    media_type = preferred(request, *publications.JSON_TYPES, *publications.TOKEN_TYPES)
    award = evidence.find_award(link)
    state = evidence.link_state(award)
    if award is None or state is not None:
        return varied(_no_credential(request, award, link, as_page=media_type == HTML))
    if media_type != HTML:
        return _unlisted(award, publications.credential_document(request, award, media_type))
    return _unlisted(award, varied(render(request, "credential.html", {"view": _credential_view(award)})))


@any_origin
@require_safe
def credential_file(request: HttpRequest, public_id: str, kind: str) -> HttpResponse:
    """The credential as a file; a revoked one stays available, so that its state can be checked."""
    link = own.OwnLink("id", public_id)
    award = evidence.find_award(link)
    if award is None or evidence.link_state(award) is not None:
        return _no_credential(request, award, link, as_page=False)
    return _unlisted(award, publications.credential_file(request, award, kind))


@any_origin
@require_safe
def credential_qr(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    link = own.OwnLink("id", str(public_id))
    award = evidence.find_award(link)
    if award is None or evidence.link_state(award) is not None:
        return _no_credential(request, award, link, as_page=False)
    return _unlisted(award, publications.qr_code(request, award))


@csp_replace({"frame-ancestors": ["*"]})  # type: ignore[arg-type]  # its types know no view with arguments
@xframe_options_exempt
@require_safe
def credential_embed(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A small card for other sites' pages."""
    link = own.OwnLink("id", str(public_id))
    award = evidence.find_award(link)
    state = evidence.link_state(award)
    if award is None or state is not None:
        notice = link_notice(state or "not_found")
        return _unlisted(
            award, render(request, "embed.html", {"notice": notice}, status=LINK_STATUS[state or "not_found"])
        )
    return _unlisted(award, render(request, "embed.html", {"view": _credential_view(award)}))


def _credential_view(award: Award) -> CredentialView:
    document = evidence.document_of(award)
    now = timezone.now()
    return credential_view(document, record=record_of(award), state=present_state(award, now), now=now)


def present_state(award: Award, now: datetime) -> State:
    """The state of an award of ours by its record and dates, in the order that a verdict weighs them."""
    if award.state != Award.State.ISSUED:
        return _AWARD_STATES[Award.State(award.state)]
    if award.valid_until is not None and award.valid_until <= now:
        return "expired"
    return "not_yet_valid" if award.valid_from > now else "valid"


_AWARD_STATES: dict[Award.State, State] = {
    Award.State.REVOKED: "revoked",
    Award.State.SUPERSEDED: "superseded",
    Award.State.SUSPENDED: "suspended",
}


def _no_credential(request: HttpRequest, award: Award | None, link: own.OwnLink, *, as_page: bool) -> HttpResponse:
    """What a link says when there is nothing to show; programs get no document for an unclaimed award either."""
    state = evidence.link_state(award) or "not_found"
    erased_on = None if award is None else award.erased_at
    notice = link_notice(state, asked=link.value, erased_on=erased_on)
    if as_page:
        context = {"notice": notice, "asked": link.value}
        return _unlisted(None, render(request, "credential_unavailable.html", context, status=LINK_STATUS[state]))
    body = {"type": "about:blank", "title": notice.headline, "detail": notice.explanation, "code": state}
    status = 404 if state == "unclaimed" else LINK_STATUS[state]
    response = JsonResponse({**body, "status": status}, status=status, content_type="application/problem+json")
    return _unlisted(None, response)


def _unlisted(award: Award | None, response: HttpResponse) -> HttpResponse:
    """Only what the holder made public is for search engines."""
    if award is None or evidence.link_state(award) is not None or award.visibility != Award.Visibility.PUBLIC:
        response["X-Robots-Tag"] = "noindex"
    return response


@any_origin
@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    media_type = preferred(request, *publications.PROFILE_TYPES)
    if media_type != HTML:
        return publications.issuer_document(request, slug, media_type)
    found = get_object_or_404(Issuer, slug=slug)
    versions = _current_versions().filter(achievement__issuer=found).order_by("name")
    return varied(render(request, "issuer.html", {"view": issuer_page(found, versions)}))


@any_origin
@require_safe
def achievement(request: HttpRequest, public_id: uuid.UUID, number: int | None = None) -> HttpResponse:
    version = publications.get_version(public_id, number)
    media_type = preferred(request, *publications.PROFILE_TYPES[:2])
    if media_type != HTML:
        return publications.achievement_document(request, version, media_type)
    newest = version if number is None else publications.get_version(public_id)
    return varied(render(request, "achievement.html", {"view": achievement_page(version, newest=newest)}))


def host_of(url: str) -> str:
    return own.host_of(url) or "another site"


def _current_versions() -> QuerySet[AchievementVersion]:
    return (
        AchievementVersion.objects.select_related("achievement__issuer", "achievement__course")
        .annotate(newest=Max("achievement__versions__number"))
        .filter(number=F("newest"), achievement__archived_at=None)
        .defer("image_svg", "image_png")
    )


def _one_per_issuer(versions: QuerySet[AchievementVersion]) -> list[AchievementVersion]:
    """The newest achievement of each issuer, so that the start page shows the breadth of the catalogue."""
    newest: dict[int, AchievementVersion] = {}
    for version in versions.order_by("-pk")[:MOST_VERSIONS_LOOKED_AT]:
        newest.setdefault(version.achievement.issuer_id, version)
    return list(newest.values())[:CARDS_ON_HOME]


def _samples() -> list[Sample]:
    """Credentials of sample issuers that a newcomer can try the box with."""
    awards = (
        Award.objects.select_related("achievement_version")
        .defer("document")
        .filter(issuer__is_sample=True, state=Award.State.ISSUED, external_id__startswith="sample-")
        .order_by("external_id")
    )
    return [
        Sample(award.achievement_version.name, award.recipient_name, shown(award.code), award.address)
        for award in awards[:SAMPLES_ON_HOME]
    ]
