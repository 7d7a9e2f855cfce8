"""Sample values for tests and benchmarks: all fictional, all marked SAMPLE."""

from datetime import UTC, datetime
from decimal import Decimal

from openbadges.documents import (
    Achievement,
    AchievementSubject,
    Address,
    Alignment,
    Criteria,
    Evidence,
    Identifier,
    IdentityObject,
    Image,
    OpenBadgeCredential,
    Profile,
    Result,
    ResultDescription,
    StatusEntry,
)

ORIGIN = "http://localhost:8000"
ISSUER_DID = "did:web:localhost%3A8000:issuers:sample-it-academy"
ACHIEVEMENT = f"{ORIGIN}/achievements/5b6d2c1e-7a64-4f0e-9a57-0c8f7e3d9a11/v/1"
CREDENTIAL = f"{ORIGIN}/c/0f1e2d3c-4b5a-4678-9abc-def012345678"
STATUS_LIST = f"{ORIGIN}/status/9d8c7b6a-5f4e-4321-8765-43210fedcba9"
AWARDED = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
VALID_UNTIL = datetime(2029, 3, 12, 9, 30, tzinfo=UTC)
EMAIL = "ada.sample@example.org"
OUTCOMES = (
    "Set up a small office network and explain each part of it",
    "Find the cause of a broken connection with a written method",
    "Secure a home office router against the ten most common attacks",
    "Write a ticket that a colleague can act on without asking back",
)
# (targetType, targetName, targetCode, targetUrl): the elements of Council Recommendation 2022/C 243/02, Annex I,
# that have no Open Badges property of their own.
_EU_ELEMENTS = (
    ("ext:workload", "Workload: 60 hours", "PT60H", f"{ACHIEVEMENT}#workload"),
    ("ext:creditFramework", "Credits: 2 ECTS", "ECTS", f"{ACHIEVEMENT}#credits"),
    ("ext:EQFLevel", "EQF level 5", "5", "http://data.europa.eu/snb/eqf/5"),
    ("ext:NQFLevel", "National level 5", "NQF 5", f"{ACHIEVEMENT}#nqf-level"),
    ("ext:EHEACycle", "QF-EHEA short cycle", "short cycle", f"{ACHIEVEMENT}#cycle"),
    ("ext:ISCEDF", "Computer use", "0611", "http://data.europa.eu/snb/isced-f/0611"),
    ("ext:assessmentType", "Assessment: practical task", "Performance", f"{ACHIEVEMENT}#assessment"),
    ("ext:participationForm", "Participation: online", "online", f"{ACHIEVEMENT}#participation"),
    ("ext:pace", "Pace: at the learner's own pace", "self-paced", f"{ACHIEVEMENT}#pace"),
    ("ext:qualityAssuranceType", "Quality assurance: external review", "external", f"{ACHIEVEMENT}#quality"),
    ("ext:entryRequirement", "Entry: none", "none", f"{ACHIEVEMENT}#entry"),
    ("ext:supervision", "Supervised online, identity checked", "online-id", f"{ACHIEVEMENT}#supervision"),
    ("ext:stackability", "Part of: SAMPLE IT Support programme", "stackable", f"{ACHIEVEMENT}#stackability"),
)


def issuer() -> Profile:
    """A fictional academy with everything an issuer profile may say."""
    return Profile(
        id=ISSUER_DID,
        name="Sample IT Academy (SAMPLE)",
        url=f"{ORIGIN}/issuers/sample-it-academy",
        email="badges@academy.example",
        description="A fictional academy that exists for tests only.",
        image=Image(id=f"{ORIGIN}/issuers/sample-it-academy/logo.svg", caption="Logo of the Sample IT Academy"),
        address=Address(address_country_code="NL", address_region="Utrecht"),
        other_identifier=(Identifier(identifier="SAMPLE-0001", identifier_type="ext:VAT"),),
        parent_org=Profile(id="https://university.example/about", name="Sample University (SAMPLE)"),
    )


def achievement() -> Achievement:
    """A microcredential with all elements of PRODUCT 3b that belong to a definition."""
    skills = tuple(
        Alignment(
            target_name=name,
            target_url=f"http://data.europa.eu/esco/skill/{number:08d}-0000-4000-8000-000000000000",
            target_framework="ESCO",
            target_type="ext:ESCOSkill",
        )
        for number, name in enumerate(("troubleshoot networks", "maintain routers"), start=1)
    )
    outcomes = tuple(
        ResultDescription(id=f"{ACHIEVEMENT}#outcome-{number}", name=outcome, result_type="Status")
        for number, outcome in enumerate(OUTCOMES, start=1)
    )
    grade = ResultDescription(
        id=f"{ACHIEVEMENT}#result-grade", name="Final grade", result_type="Percent", value_min="0", value_max="100"
    )
    return Achievement(
        id=ACHIEVEMENT,
        name="Networking basics (SAMPLE)",
        description="Sixty hours of practical work on small networks, ending in a supervised task.",
        criteria=Criteria(id=f"{ACHIEVEMENT}#criteria", narrative="\n".join(f"- {outcome}" for outcome in OUTCOMES)),
        achievement_type="MicroCredential",
        creator=Profile(id=ISSUER_DID, name="Sample IT Academy (SAMPLE)"),
        image=Image(id=f"{ACHIEVEMENT}/image.png", caption="Badge: Networking basics (SAMPLE), Sample IT Academy"),
        alignment=skills
        + tuple(
            Alignment(target_type=kind, target_name=name, target_code=code, target_url=url)
            for kind, name, code, url in _EU_ELEMENTS
        ),
        result_description=(*outcomes, grade),
        credits_available=Decimal("2"),
        field_of_study="Computer use",
        in_language="en",
        tag=("SAMPLE", "networks", "IT support"),
        version="1",
    )


def eu_complete(
    *,
    credential_id: str = CREDENTIAL,
    name: str = "Ada Sample",
    email: str = EMAIL,
    salt: str = "c2FtcGxlLXNhbHQ",
    subject_id: str = "urn:uuid:6f0e5a0e-2b6c-4f5e-8d57-6f1f4c3b2a10",
    status_index: int = 94_567,
    valid_from: datetime = AWARDED,
    valid_until: datetime | None = VALID_UNTIL,
) -> OpenBadgeCredential:
    """A credential with every element of PRODUCT 3b: about 200 quads, 21 blank nodes, 8 KB."""
    earned = achievement()
    return OpenBadgeCredential(
        id=credential_id,
        name=earned.name,
        description=earned.description,
        issuer=issuer(),
        valid_from=valid_from,
        valid_until=valid_until,
        awarded_date=AWARDED,
        credential_subject=AchievementSubject(
            id=subject_id,
            identifier=(IdentityObject.of_name(name), IdentityObject.of_email(email, salt)),
            achievement=earned,
            activity_start_date=datetime(2026, 2, 2, 8, 0, tzinfo=UTC),
            activity_end_date=datetime(2026, 3, 6, 16, 0, tzinfo=UTC),
            credits_earned=Decimal("2"),
            license_number="SAMPLE-2026-0042",
            narrative="Built and repaired the practice network without help.",
            result=(
                Result(result_description=f"{ACHIEVEMENT}#outcome-1", status="Completed"),
                Result(result_description=f"{ACHIEVEMENT}#result-grade", value="87"),
            ),
        ),
        evidence=(
            Evidence(
                id=f"{credential_id}/evidence/1",
                name="Network plan",
                narrative="The plan and the log of the final task.",
                genre="report",
                digest_sri="sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            ),
        ),
        credential_status=StatusEntry(status_list_credential=STATUS_LIST, index=status_index),
    )
