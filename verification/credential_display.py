"""What the page of one credential of ours shows, and what stands in its place when there is none to show."""

from dataclasses import dataclass
from datetime import datetime

from openbadges.facts import LinkState
from openbadges.json_types import JsonObject
from openbadges.names import visible
from openbadges.report import State
from verification.claims import Claims, Fact, Link, read_claims
from verification.display import OwnRecord, how_proven
from verification.scale import When, when_view
from verification.sharing import embed_code, linkedin_add_url
from verification.states import LOOKS, StateLook
from verification.wording import day, language_name


@dataclass(frozen=True, slots=True)
class Notice:
    """A band by itself: state, headline and the sentence under it. `advice`: what a reader can do."""

    look: StateLook
    headline: str
    explanation: str
    link_url: str = ""
    link_words: str = ""
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FactGroup:
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class OpenGraph:
    title: str
    description: str
    image_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class CredentialView:
    """The page of one credential. `banner` is None while it is valid; `page_path` is `page_url` on this host."""

    look: StateLook
    state_words: str
    title: str
    banner: Notice | None
    record: OwnRecord
    claims: Claims
    when: When | None
    groups: tuple[FactGroup, ...]
    page_path: str
    downloads: tuple[Link, ...]
    linkedin_url: str
    embed: str
    open_graph: OpenGraph


def credential_view(
    document: JsonObject, *, record: OwnRecord, state: State, now: datetime, linkedin_organization_id: str = ""
) -> CredentialView:
    """Build the page from the stored document and our record.

    state: as `judge` would say of it now: valid, not_yet_valid, expired, suspended, revoked or superseded.
    """
    claims = read_claims(document)
    look = LOOKS[state]
    page_path = f"/c/{record.public_id}"
    return CredentialView(
        look=look,
        state_words="Valid now" if state == "valid" else look.word,
        title=f"{look.word}: {claims.achievement.name}, {claims.holder}",
        banner=_banner(state, claims, record),
        record=record,
        claims=claims,
        when=when_view(claims, now, is_valid=state == "valid"),
        groups=fact_groups(claims, record),
        page_path=page_path,
        downloads=tuple(Link(form.upper(), f"{page_path}.{form}") for form in ("png", "svg", "json", "jwt")),
        linkedin_url=_linkedin(claims, record, linkedin_organization_id) if state == "valid" else "",
        embed=embed_code(page_url=record.page_url, title=f"Badge: {claims.achievement.name}"),
        open_graph=_open_graph(claims, record, look, state),
    )


def fact_groups(claims: Claims, record: OwnRecord) -> tuple[FactGroup, ...]:
    """All that the credential states, EU elements included, grouped; empty groups and facts are left out."""
    achievement, stated = claims.achievement, claims.achievement.elements
    award = [
        Fact("Awarded", day(claims.awarded_at) if claims.awarded_at else ""),
        Fact("Valid", _dates(claims)),
        Fact("Learning period", claims.period),
        Fact("Licence number", claims.licence_number),
        Fact("Credits earned", claims.credits_earned),
        Fact("Code", record.code, True),
    ]
    content = [
        Fact("Type", achievement.achievement_type),
        Fact("Field of study", achievement.field_of_study or stated.get("ISCEDF", "")),
        Fact("National level", stated.get("NQFLevel", "")),
        Fact("Cycle", stated.get("EHEACycle", "")),
        Fact("Language", language_name(achievement.language)),
        Fact("Entry requirement", stated.get("entryRequirement", "")),
        Fact("Counts towards", stated.get("stackability", "")),
        Fact("Version", achievement.version),
    ]
    issuer = [
        Fact("Awarding body", claims.issuer_name + ("" if record.issuer_is_approved else ", name not approved")),
        Fact("Place", claims.issuer_place),
        Fact("Part of", claims.parent_name),
        Fact("Defined by", claims.creator_name if claims.creator_name != claims.issuer_name else ""),
    ]
    groups = (
        FactGroup("How it was proven", how_proven(claims)),
        FactGroup("This award", tuple(fact for fact in award if fact.value)),
        FactGroup("What was learned", tuple(fact for fact in content if fact.value)),
        FactGroup("Who awarded it", tuple(fact for fact in issuer if fact.value)),
    )
    return tuple(group for group in groups if group.facts)


def link_notice(state: LinkState, *, asked: str = "", erased_on: datetime | None = None) -> Notice:
    """What a link or code says when there is no credential to show behind it."""
    on = f" on {day(erased_on)}" if erased_on else ""
    words: dict[LinkState, tuple[str, str]] = {
        "unclaimed": (
            "Issued, not yet claimed",
            "The holder has not accepted it, so no personal details are shown.",
        ),
        "private": ("This credential is private", "The holder must share a new link."),
        "not_found": (
            "No credential with this link or code",
            f"Check for a missing character: {visible(asked)}." if asked else "Check for a missing character.",
        ),
        "erased": (
            "No longer available",
            f"It was removed at the holder’s request{on}. This says nothing about validity.",
        ),
    }
    headline, explanation = words[state]
    advice = {
        "unclaimed": ("Are you the holder? Open the link in your mail to accept it.",),
        "private": ("Ask the holder for a new link.",),
        "not_found": ("Compare the address letter by letter.", "Ask the holder for the full link."),
        "erased": ("Ask the holder for the signed file. It can still be checked here.",),
    }[state]
    return Notice(LOOKS[state], headline, explanation, advice=advice)


def _banner(state: State, claims: Claims, record: OwnRecord) -> Notice | None:
    since = f" on {day(record.since)}" if record.since else ""
    reason = visible(record.public_reason)
    look = LOOKS[state]
    if state == "revoked":
        words = f"Reason given by the issuer: {reason.rstrip('.')}. " if reason else ""
        return Notice(look, f"Revoked{since}", f"{words}Do not rely on it.")
    if state == "suspended":
        words = f"Since {day(record.since)}. " if record.since else ""
        return Notice(look, "Suspended by the issuer", f"{words}It may become valid again. Ask the issuer.")
    if state == "superseded":
        words = "The issuer has replaced it." if not record.replaced_by else ""
        return Notice(look, "Replaced by a newer credential", words, record.replaced_by, "Open the newer one")
    if state == "expired" and claims.valid_until:
        newer = "" if record.replaced_by else " A newer one: none known."
        words = f"It was valid from {_dates(claims).replace(' to ', ' until ')}.{newer}"
        return Notice(look, f"Expired on {day(claims.valid_until)}", words, record.replaced_by, "Open the newer one")
    if state == "not_yet_valid" and claims.valid_from:
        return Notice(look, "Not valid yet", f"Starts on {day(claims.valid_from)}.")
    return None


def _dates(claims: Claims) -> str:
    if claims.valid_from is None:
        return ""
    start = day(claims.valid_from)
    return f"{start} to {day(claims.valid_until)}" if claims.valid_until else f"since {start}, no end date"


def _linkedin(claims: Claims, record: OwnRecord, organization_id: str) -> str:
    awarded = claims.awarded_at or claims.valid_from
    if awarded is None:
        return ""
    return linkedin_add_url(
        name=claims.achievement.name,
        issuer_name=claims.issuer_name,
        page_url=record.page_url,
        public_id=record.public_id,
        awarded_at=awarded,
        valid_until=claims.valid_until,
        organization_id=organization_id,
    )


def _open_graph(claims: Claims, record: OwnRecord, look: StateLook, state: State) -> OpenGraph:
    prefix = "" if state == "valid" else f"{look.word}: "
    holder = f", awarded to {claims.holder}" if claims.holder else ""
    issuer = claims.issuer_name if record.issuer_is_approved else f"an issuer that calls itself {claims.issuer_name}"
    return OpenGraph(
        title=f"{prefix}{claims.achievement.name}",
        description=f"A credential of {issuer}{holder}. Open it to check that it is valid now.",
        image_url=f"{record.page_url}.png",
        page_url=record.page_url,
    )
