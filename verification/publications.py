"""The public documents for programs: credentials, issuers, achievements and status lists, each at its own id."""

from __future__ import annotations

import uuid
from functools import lru_cache

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from credentials import badge_art, publishing
from credentials.models import AchievementVersion, Award, StatusList
from issuers import installation
from issuers.models import Issuer, SigningKey
from issuers.publishing import did_document
from openbadges import baking, strict_json
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.json_types import JsonObject
from verification import evidence
from verification.http import any_origin, document, preferred

JSON_TYPES = ("application/vc", "application/ld+json", "application/json")
TOKEN_TYPES = ("application/vc+jwt", "text/plain")
PROFILE_TYPES = ("application/ld+json", "application/json", "application/did+json", "application/did+ld+json")
SVG_TYPE = "image/svg+xml"
# A picture of ours holds no script; should one ever, it must not run under our name.
_SVG_POLICY = "default-src 'none'; sandbox"


def credential_document(request: HttpRequest, award: Award, media_type: str) -> HttpResponse:
    """The credential of an award that may be shown: JSON with its proof, or the token."""
    if media_type in TOKEN_TYPES:
        return document(request, evidence.token_text(award), media_type, max_age=0)
    return document(request, award.document, media_type, max_age=0)


def credential_file(request: HttpRequest, award: Award, kind: str) -> HttpResponse:
    """The credential as a file: `json`, `jwt`, or baked into the badge's picture as `png` or `svg`."""
    name = f"{award.achievement_version.achievement.slug}-{award.code}.{kind}"
    if kind == "jwt":
        return document(request, evidence.token_text(award), "text/plain", max_age=0, file_name=name)
    if kind == "json":
        return document(request, award.document, "application/ld+json", max_age=0, file_name=name)
    if kind == "png":
        baked = baking.bake_png(bytes(award.achievement_version.image_png), award.document)
        return document(request, baked, "image/png", max_age=0, file_name=name)
    svg = baking.bake_svg(award.achievement_version.image_svg, award.document)
    return _svg(document(request, svg, SVG_TYPE, max_age=0, file_name=name))


def qr_code(request: HttpRequest, award: Award) -> HttpResponse:
    """A QR code of the credential's address."""
    picture = segno.make(award.address, error="m").svg_inline(scale=4, border=2, dark="#14201F", light="#FFFFFF")
    svg = picture.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return _svg(document(request, svg, SVG_TYPE, max_age=3600))


@any_origin
@require_safe
def issuer_document(request: HttpRequest, slug: str, media_type: str = "application/did+json") -> HttpResponse:
    """Profile and DID document in one."""
    issuer = get_object_or_404(Issuer, slug=slug)
    return document(request, strict_json.dumps(did_document(issuer)), media_type, max_age=60)


@any_origin
@require_safe
def installation_document(request: HttpRequest) -> HttpResponse:
    """The DID document of this installation, whose keys sign receipts. It lists a key before the first receipt."""
    installation.signing_key(now=timezone.now())
    body = strict_json.dumps(installation.did_document())
    return document(request, body, "application/did+json", max_age=60)


@any_origin
@require_safe
def issuer_key(request: HttpRequest, slug: str, fragment: str) -> HttpResponse:
    """One published key as a JWK, for verifiers of tokens that cannot read DID documents."""
    key = get_object_or_404(
        SigningKey.objects.exclude(state=SigningKey.State.COMPROMISED), issuer__slug=slug, fragment=fragment
    )
    jwk: JsonObject = {**key.public_key, "kid": f"{key.issuer.did}#{key.fragment}"}
    return document(request, strict_json.dumps(jwk), "application/jwk+json", max_age=60)


@any_origin
@require_safe
def issuer_logo(request: HttpRequest, slug: str) -> HttpResponse:
    issuer = get_object_or_404(Issuer.objects.exclude(logo_svg=""), slug=slug)
    return document(request, _logo_png(issuer.logo_svg), "image/png", max_age=3600)


def achievement_document(request: HttpRequest, version: AchievementVersion, media_type: str) -> HttpResponse:
    """One version of a definition, as it stands in the credentials awarded for it."""
    definition = publishing.achievement_of(version).to_json()
    body: JsonObject = {"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], **definition}
    return document(request, strict_json.dumps(body), media_type, max_age=60)


@any_origin
@require_safe
def achievement_image(request: HttpRequest, public_id: str, number: str, kind: str) -> HttpResponse:
    version = get_version(uuid.UUID(public_id), int(number))
    if kind == "png":
        return document(request, bytes(version.image_png), "image/png", max_age=3600)
    return _svg(document(request, version.image_svg, SVG_TYPE, max_age=3600))


@any_origin
@require_safe
def status_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The signed status list as last published. Cached for seconds only, so that a revocation is seen at once."""
    media_type = preferred(request, *JSON_TYPES, *TOKEN_TYPES, page=False)
    row = get_object_or_404(StatusList.objects.exclude(document=""), public_id=public_id)
    body = row.token if media_type in TOKEN_TYPES else row.document
    return document(request, body, media_type, max_age=2)


def get_version(public_id: uuid.UUID, number: int | None = None) -> AchievementVersion:
    """A version of an achievement, the newest where no number is given. Raises Http404."""
    versions = AchievementVersion.objects.select_related("achievement__issuer", "achievement__course").filter(
        achievement__public_id=public_id
    )
    if number is not None:
        versions = versions.filter(number=number)
    version = versions.order_by("-number").first()
    if version is None:
        raise Http404
    return version


@lru_cache(maxsize=64)
def _logo_png(svg: str) -> bytes:
    return badge_art.render_png(svg, size=400)


def _svg(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = _SVG_POLICY
    return response
