"""Reads what a credential document says, for pages: names, outcomes, skills, facts, evidence.

Works on any JSON object that looks like a credential, an achievement or a profile: what is missing or of another
type is simply not shown. Every text comes back in one line with hidden characters written out (`names.visible`).
Nothing here judges; whether the claims may be shown at all is decided in `display`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from credentials.vocabularies import AchievementType, EqfLevel
from openbadges.json_types import JsonObject, JsonValue
from openbadges.names import visible
from openbadges.times import TimeInvalid, parse_time
from verification.countries import country_name
from verification.wording import day, duration_words

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_EQF_URL = re.compile(r"https?://data\.europa\.eu/snb/eqf/([1-8])/?", re.ASCII)
# The ext:… kinds that carry EU elements (PRODUCT 3b); any other alignment is a skill.
_ELEMENTS = frozenset(
    [
        "workload",
        "creditFramework",
        "EQFLevel",
        "NQFLevel",
        "EHEACycle",
        "ISCEDF",
        "assessmentType",
        "participationForm",
        "pace",
        "qualityAssuranceType",
        "entryRequirement",
        "supervision",
        "stackability",
        "reviewDate",
        "industryPartner",
        "price",
    ]
)
_NUMBER = re.compile(r"[0-9]+([.,][0-9]+)?", re.ASCII)
_BULLET = re.compile(r"\s*[-*•]\s+(\S.*)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value in words; `is_code` asks for the typeface of codes."""

    label: str
    value: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A place to open; `url` is empty where the document gives none that is safe to open (http or https)."""

    label: str
    url: str = ""
    note: str = ""
    icon: str = "file-text"


@dataclass(frozen=True, slots=True)
class Skill:
    name: str
    framework: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AchievementClaims:
    """What was to be earned. `elements` are the ext:… alignments by kind, in words: {"workload": "60 hours"}."""

    name: str
    description: str
    language: str
    achievement_type: str
    version: str
    field_of_study: str
    criteria_url: str
    criteria_text: str
    outcomes: tuple[str, ...]
    skills: tuple[Skill, ...]
    credits: str
    elements: dict[str, str]
    image_caption: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a credential says of holder, issuer and achievement. Dates are aware, in UTC."""

    holder: str
    has_email: bool
    issuer_id: str
    issuer_name: str
    issuer_url: str
    issuer_email: str
    issuer_place: str
    issuer_country: str
    parent_name: str
    creator_name: str
    creator_id: str
    achievement: AchievementClaims
    awarded_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    narrative: str
    results: tuple[Fact, ...]
    credits_earned: str
    licence_number: str
    period: str
    evidence: tuple[Link, ...]


def members(value: JsonValue) -> list[JsonObject]:
    """The objects of an array, of a single object, or of nothing."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def member(value: JsonValue) -> JsonObject:
    """The first object, or an empty one."""
    return next(iter(members(value)), {})


def text(value: JsonValue) -> str:
    """A text or number in one visible line; "" for anything else."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return visible(str(value))


def web_address(value: JsonValue) -> str:
    """The address where it is http or https and has a host; "" else (javascript:, data:, mailto:, urn:)."""
    if not isinstance(value, str) or value != visible(value):
        return ""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return value if usable else ""


def instant(value: JsonValue) -> datetime | None:
    """A date-time with a zone, in UTC; None for anything else."""
    try:
        return parse_time(value)
    except TimeInvalid:
        return None


def read_claims(document: JsonObject) -> Claims:
    """Read a credential document; see Claims."""
    subject = member(document.get("credentialSubject"))
    achievement = member(subject.get("achievement"))
    issuer = member(document.get("issuer"))
    dates = [instant(document.get(name)) for name in ("awardedDate", "validFrom", "validUntil")]
    return Claims(
        holder=_identifier(subject, "name") or text(subject.get("name")),
        has_email=bool(_identifier(subject, "emailAddress")),
        issuer_id=text(issuer.get("id")) or text(document.get("issuer")),
        issuer_name=text(issuer.get("name")),
        issuer_url=web_address(issuer.get("url")),
        issuer_email=text(issuer.get("email")),
        issuer_place=place_of(issuer),
        issuer_country=country_of(issuer),
        parent_name=text(member(issuer.get("parentOrg")).get("name")),
        creator_name=text(member(achievement.get("creator")).get("name")),
        creator_id=text(member(achievement.get("creator")).get("id")),
        achievement=read_achievement(achievement),
        awarded_at=dates[0],
        valid_from=dates[1],
        valid_until=dates[2],
        narrative=text(subject.get("narrative")),
        results=tuple(_results(subject, achievement)),
        credits_earned=_credits(subject.get("creditsEarned"), achievement),
        licence_number=text(subject.get("licenseNumber")),
        period=_period(subject),
        evidence=tuple(_evidence(entry) for entry in members(document.get("evidence"))),
    )


def read_achievement(achievement: JsonObject) -> AchievementClaims:
    """Read an achievement object, inside a credential or published by itself."""
    criteria = member(achievement.get("criteria"))
    narrative = criteria.get("narrative")
    bullets = _bullets(narrative if isinstance(narrative, str) else "")
    stated = _stated_outcomes(achievement)
    elements = dict(_elements(achievement))
    language = text(achievement.get("inLanguage"))
    return AchievementClaims(
        name=text(achievement.get("name")),
        description=text(achievement.get("description")),
        language=language if _LANGUAGE.fullmatch(language) else "",
        achievement_type=_achievement_type(text(achievement.get("achievementType"))),
        version=text(achievement.get("version")),
        field_of_study=text(achievement.get("fieldOfStudy")),
        criteria_url=web_address(criteria.get("id")),
        criteria_text="" if bullets else text(narrative),
        outcomes=bullets or stated,
        skills=tuple(_skills(achievement)),
        credits=_credits(achievement.get("creditsAvailable"), achievement),
        elements=elements,
        image_caption=text(member(achievement.get("image")).get("caption")),
    )


def place_of(profile: JsonObject) -> str:
    """Region and country of a profile: "Vienna, Austria"; "" where it gives no address."""
    region = text(member(profile.get("address")).get("addressRegion"))
    return ", ".join(part for part in (region, country_of(profile)) if part)


def country_of(profile: JsonObject) -> str:
    address = member(profile.get("address"))
    return text(address.get("addressCountry")) or country_name(text(address.get("addressCountryCode")))


def form_words(elements: dict[str, str]) -> str:
    """Form of participation and pace: "Online, own pace"."""
    pace = elements.get("pace", "")
    parts = (elements.get("participationForm", ""), pace[:1].lower() + pace[1:])
    return ", ".join(part for part in parts if part)


def _identifier(subject: JsonObject, kind: str) -> str:
    for identity in members(subject.get("identifier")):
        if identity.get("identityType") == kind and (kind == "emailAddress" or identity.get("hashed") is not True):
            return text(identity.get("identityHash"))
    return ""


def _bullets(narrative: str) -> tuple[str, ...]:
    matches = (_BULLET.fullmatch(line) for line in narrative.splitlines())
    return tuple(visible(found[1]) for found in matches if found is not None)


def _stated_outcomes(achievement: JsonObject) -> tuple[str, ...]:
    """Result descriptions of type Status: one for each outcome."""
    described = members(achievement.get("resultDescription"))
    names = (text(entry.get("name")) for entry in described if entry.get("resultType") == "Status")
    return tuple(name for name in names if name)


def _alignments(achievement: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """(targetType, alignment) pairs."""
    for entry in members(achievement.get("alignment")):
        yield text(entry.get("targetType")), entry


def _elements(achievement: JsonObject) -> Iterator[tuple[str, str]]:
    """EU elements that travel as alignments (DESIGN 3), as (kind without "ext:", words)."""
    for kind, entry in _alignments(achievement):
        if kind.removeprefix("ext:") in _ELEMENTS:
            words = _element_words(kind.removeprefix("ext:"), entry)
            if words:
                yield kind.removeprefix("ext:"), words


def _element_words(kind: str, entry: JsonObject) -> str:
    """The value without its label: of "Workload: 60 hours" the part after the colon."""
    level = _EQF_URL.fullmatch(text(entry.get("targetUrl")))
    if kind == "EQFLevel" and level is not None:
        return f"EQF {level[1]}: {EqfLevel(int(level[1])).label}"
    if kind == "creditFramework" and entry.get("targetCode"):
        return text(entry.get("targetCode"))
    name = text(entry.get("targetName"))
    label, colon, value = name.partition(": ")
    words = value if colon and value else label or duration_words(text(entry.get("targetCode")))
    return words[:1].upper() + words[1:]


def _skills(achievement: JsonObject) -> Iterator[Skill]:
    for kind, entry in _alignments(achievement):
        name = text(entry.get("targetName"))
        if name and kind.removeprefix("ext:") not in _ELEMENTS:
            yield Skill(name, text(entry.get("targetFramework")), web_address(entry.get("targetUrl")))


def _credits(value: JsonValue, achievement: JsonObject) -> str:
    """ "2 ECTS", or "2 credits" where the document does not say of what."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    framework = dict(_elements(achievement)).get("creditFramework", "credits")
    return f"{Decimal(str(value)).normalize():f} {framework}"


def _results(subject: JsonObject, achievement: JsonObject) -> Iterator[Fact]:
    descriptions = {text(entry.get("id")): entry for entry in members(achievement.get("resultDescription"))}
    for result in members(subject.get("result")):
        described = descriptions.get(text(result.get("resultDescription")), {})
        value = text(result.get("value")) or _level(result, described) or text(result.get("status"))
        if value and described.get("resultType") != "Status":
            yield Fact(text(described.get("name")) or "Result", _measured(value, text(described.get("resultType"))))


def _measured(value: str, result_type: str) -> str:
    """The value with its unit where the kind of result has one that the value does not carry itself."""
    return f"{value}\u00a0%" if result_type == "Percent" and _NUMBER.fullmatch(value) else value


def _level(result: JsonObject, described: JsonObject) -> str:
    reached = text(result.get("achievedLevel"))
    levels = members(described.get("rubricCriterionLevel"))
    return next((text(level.get("name")) for level in levels if reached and text(level.get("id")) == reached), "")


def _period(subject: JsonObject) -> str:
    start = instant(subject.get("activityStartDate"))
    end = instant(subject.get("activityEndDate"))
    if start and end:
        return f"{day(start)} to {day(end)}"
    return f"since {day(start)}" if start else f"until {day(end)}" if end else ""


def _evidence(entry: JsonObject) -> Link:
    url = web_address(entry.get("id"))
    host = urlsplit(url).hostname or ""
    label = text(entry.get("name")) or text(entry.get("genre")) or "Evidence"
    note = " · ".join(part for part in (text(entry.get("description")) or text(entry.get("narrative")), host) if part)
    return Link(label, url, note, "file-text")


def _achievement_type(kind: str) -> str:
    """The achievement type in words: "LearningProgram" as "Learning programme", "ext:NightSchool" as "Night school"."""
    return str(AchievementType(kind).label) if kind in AchievementType.values else type_words(kind)


def type_words(camel: str) -> str:
    """The words of a name in camel case: "ext:sampleRegister" as "Sample register", "ext:VAT" as "VAT"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", camel.removeprefix("ext:")).split()
    first = [word[:1].upper() + word[1:] for word in words[:1]]
    return " ".join([*first, *(word if word.isupper() else word.lower() for word in words[1:])])
