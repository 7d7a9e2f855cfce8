"""What this installation's database adds to a page about one of its awards, achievements and issuers."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from credentials import publishing
from credentials.codes import shown
from credentials.models import Achievement, AchievementVersion, Award
from issuers.models import Issuer, SigningKey
from verification.claims import Fact, read_achievement, type_words
from verification.countries import country_name
from verification.definition_display import (
    AchievementCard,
    AchievementView,
    IssuerEntry,
    IssuerView,
    KeyLine,
    achievement_view,
    card_meta,
)
from verification.display import OwnRecord
from verification.own_facts import RECORD_STATES

MOST_ISSUERS_NAMED = 100


def host() -> str:
    """This installation as people name it: "touchstone.example", "localhost:8000"."""
    return str(settings.PUBLIC_URL).partition("://")[2]


def record_of(award: Award) -> OwnRecord:
    version = award.achievement_version
    return OwnRecord(
        public_id=str(award.public_id),
        code=shown(award.code),
        page_url=award.address,
        image_url=image_path(version, "svg"),
        issuer_url=reverse("issuer", args=[award.issuer.slug]),
        achievement_url=version_path(version),
        state=RECORD_STATES[Award.State(award.state)],
        since=award.state_since,
        public_reason=award.public_reason,
        replaced_by="" if award.successor is None else reverse("credential", args=[award.successor.public_id]),
        is_sample=award.issuer.is_sample,
        issuer_is_approved=award.issuer.approved_at is not None,
    )


def version_path(version: AchievementVersion) -> str:
    return reverse("achievement_version", args=[version.achievement.public_id, version.number])


def image_path(version: AchievementVersion, kind: str) -> str:
    return reverse("achievement_image", args=[version.achievement.public_id, version.number, kind])


def achievement_card(version: AchievementVersion) -> AchievementCard:
    issuer = version.achievement.issuer
    return AchievementCard(
        name=version.name,
        url=reverse("achievement", args=[version.achievement.public_id]),
        issuer_name=issuer.name,
        image_url=image_path(version, "svg"),
        meta=card_meta(read_achievement(publishing.achievement_of(version).to_json()), version.price_text),
        is_sample=issuer.is_sample,
        language=version.language,
    )


def issuer_entries() -> list[IssuerEntry]:
    """Every issuer of which something can be earned, by name."""
    offered = Achievement.objects.filter(archived_at=None, versions__isnull=False)
    counted = offered.values_list("issuer__slug", "issuer__name").annotate(count=Count("pk", distinct=True))
    return [
        IssuerEntry(name, reverse("issuer", args=[slug]), count)
        for slug, name, count in counted.order_by("issuer__name", "issuer__slug")[:MOST_ISSUERS_NAMED]
    ]


def achievement_page(version: AchievementVersion, *, newest: AchievementVersion) -> AchievementView:
    issuer, achievement = version.achievement.issuer, version.achievement
    extra = [
        Fact("Course", achievement.course.title if achievement.course else ""),
        Fact("Duration", version.duration_text),
        Fact("Price", version.price_text),
        Fact("Review by", f"{version.review_by:%-d %B %Y}" if version.review_by else ""),
    ]
    return achievement_view(
        publishing.achievement_of(version).to_json(),
        issuer_name=issuer.name,
        issuer_url=reverse("issuer", args=[issuer.slug]),
        issuer_place=place_of(issuer),
        image_url=image_path(version, "svg"),
        page_url=version.address,
        extra=tuple(fact for fact in extra if fact.value),
        current_url="" if newest.pk == version.pk else version_path(newest),
        is_archived=achievement.archived_at is not None,
        is_sample=issuer.is_sample,
    )


def issuer_page(issuer: Issuer, versions: Iterable[AchievementVersion]) -> IssuerView:
    approved = issuer.approved_at is not None
    legal = (Fact(type_words(issuer.legal_id_type), issuer.legal_id),) if issuer.legal_id else ()
    return IssuerView(
        name=issuer.name,
        description=issuer.description,
        url=issuer.url,
        email=issuer.email,
        place=place_of(issuer),
        parent_name=issuer.parent_name,
        legal_ids=legal,
        did=issuer.did,
        page_url=issuer.address,
        did_url=f"{issuer.address}/did.json",
        is_sample=issuer.is_sample,
        approved_by=host() if approved else "",
        approved_at=issuer.approved_at,
        achievements=tuple(achievement_card(version) for version in versions),
        keys=tuple(_key_line(key) for key in issuer.keys.order_by("state", "-created_at")),
        logo_url=reverse("issuer_logo", args=[issuer.slug]) if issuer.logo_svg else "",
    )


def place_of(issuer: Issuer) -> str:
    return ", ".join(part for part in (issuer.region, country_name(issuer.country_code)) if part)


def _key_line(key: SigningKey) -> KeyLine:
    since = key.compromised_at or key.retired_at or key.created_at
    return KeyLine(key.fragment, key.algorithm, key.state, since)
