"""What the pages of an achievement and of an issuer show."""

from dataclasses import dataclass
from datetime import datetime

from openbadges.json_types import JsonObject
from verification.claims import AchievementClaims, Fact, form_words, read_achievement
from verification.wording import language_name

EU_ELEMENTS_MANDATORY = 11
IN_EACH_AWARD = "Stated in each award"


@dataclass(frozen=True, slots=True)
class EuElement:
    """One element of Council Recommendation 2022/C 243/02, Annex I: M1 to M11 are mandatory, O1 to O4 optional."""

    number: str
    name: str
    value: str

    @property
    def is_mandatory(self) -> bool:
        return self.number.startswith("M")


@dataclass(frozen=True, slots=True)
class AchievementCard:
    """One achievement in a list. `meta` is one line of facts; `image_url` is a path, "" shows a placeholder."""

    name: str
    url: str
    issuer_name: str
    image_url: str
    meta: str
    is_sample: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class IssuerEntry:
    """One issuer in a list; `url` is a path, `count` how many achievements can be earned there."""

    name: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class AchievementView:
    """A version of an achievement. `current_url` is the path of the newest version where this is an older one."""

    claims: AchievementClaims
    issuer_name: str
    issuer_url: str
    issuer_place: str
    image_url: str
    page_url: str
    elements: tuple[EuElement, ...]
    facts: tuple[Fact, ...]
    current_url: str = ""
    is_archived: bool = False
    is_sample: bool = False

    @property
    def stated(self) -> int:
        return sum(1 for element in self.elements if element.is_mandatory and element.value)

    @property
    def mandatory(self) -> int:
        return EU_ELEMENTS_MANDATORY


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One signing key as the issuer page lists it. `state`: active, next, retired or compromised."""

    fragment: str
    algorithm: str
    state: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """An issuer's page. `approved_by` is this installation's host where its operator vouched for the name."""

    name: str
    description: str
    url: str
    email: str
    place: str
    parent_name: str
    legal_ids: tuple[Fact, ...]
    did: str
    page_url: str
    did_url: str
    is_sample: bool
    approved_by: str
    approved_at: datetime | None
    achievements: tuple[AchievementCard, ...]
    keys: tuple[KeyLine, ...]
    logo_url: str = ""


def achievement_view(
    achievement: JsonObject,
    *,
    issuer_name: str,
    issuer_url: str,
    issuer_place: str,
    image_url: str,
    page_url: str,
    extra: tuple[Fact, ...] = (),
    current_url: str = "",
    is_archived: bool = False,
    is_sample: bool = False,
) -> AchievementView:
    """Build the page of one version from its published JSON.

    extra: what stays outside the signed document, such as price and review date.
    """
    claims = read_achievement(achievement)
    stated = claims.elements
    optional = [
        Fact("Type", claims.achievement_type),
        Fact("Field of study", claims.field_of_study or stated.get("ISCEDF", "")),
        Fact("Language", language_name(claims.language)),
        Fact("Version", claims.version),
        *extra,
    ]
    return AchievementView(
        claims=claims,
        issuer_name=issuer_name,
        issuer_url=issuer_url,
        issuer_place=issuer_place,
        image_url=image_url,
        page_url=page_url,
        elements=eu_elements(claims, issuer_name=issuer_name, issuer_place=issuer_place),
        facts=tuple(fact for fact in optional if fact.value),
        current_url=current_url,
        is_archived=is_archived,
        is_sample=is_sample,
    )


def eu_elements(claims: AchievementClaims, *, issuer_name: str, issuer_place: str) -> tuple[EuElement, ...]:
    """The elements in the order of the Annex; an empty value is "not stated". Optional ones only where stated."""
    stated = claims.elements
    workload = " · ".join(part for part in (stated.get("workload", ""), claims.credits) if part)
    levels = (stated.get(name, "") for name in ("EQFLevel", "NQFLevel", "EHEACycle"))
    mandatory = (
        ("M1", "Identity of the learner", IN_EACH_AWARD),
        ("M2", "Title", claims.name),
        ("M3", "Country or region of the issuer", issuer_place),
        ("M4", "Awarding body", issuer_name),
        ("M5", "Date of issue", IN_EACH_AWARD),
        ("M6", "Learning outcomes", "; ".join(claims.outcomes)),
        ("M7", "Workload", workload),
        ("M8", "Level", "; ".join(level for level in levels if level)),
        ("M9", "Type of assessment", stated.get("assessmentType", "")),
        ("M10", "Form of participation", form_words(stated)),
        ("M11", "Quality assurance", stated.get("qualityAssuranceType", "")),
    )
    optional = (
        ("O1", "Entry requirement", stated.get("entryRequirement", "")),
        ("O2", "Supervision and identity check", stated.get("supervision", "")),
        ("O4", "Stackability", stated.get("stackability", "")),
    )
    shown = (*mandatory, *(entry for entry in optional if entry[2]))
    return tuple(EuElement(number, name, value) for number, name, value in shown)


def card_meta(claims: AchievementClaims, price: str = "") -> str:
    """One line for a card: "60 hours, EQF 4, free"."""
    level = claims.elements.get("EQFLevel", "").partition(":")[0]
    return ", ".join(part for part in (claims.elements.get("workload", ""), level, price) if part)
