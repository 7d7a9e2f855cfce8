"""What this installation issues, gathered as an outsider sees it: by its public addresses only.

Awards are made in one transaction that is rolled back, so that nothing of it is left for other tests.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.db import transaction
from django.test import Client

from credentials.batches import issue_next_chunk
from credentials.checked_rows import create_batch
from credentials.imports.rows import read_awards
from credentials.imports.values import EvidenceLink, RowValues, Rules
from credentials.models import Achievement, AchievementVersion, Award, Batch
from credentials.samples import load
from credentials.samples.catalogue import ISSUERS
from credentials.samples.load import load_samples
from credentials.samples.values import Art, SampleAchievement, SampleIssuer, skill
from credentials.transitions import start_batch
from openbadges.json_types import JsonObject

# The peers look at the clock themselves, so everything here happens now.
NOW = datetime.now(UTC).replace(microsecond=0)
LATER = NOW + timedelta(hours=1)  # verdicts on what was issued during the run
TOKEN, JSON = "application/vc+jwt", "application/vc"

# Names that writers of JSON, N-Quads and base64 get wrong, and names in many scripts.
NAMES = (
    'Zoë "Zed" O\'Brien',
    "Back\\slash \\u0041 \\n",
    "王小明",
    "محمد بن سلمان",
    "Ελένη Παπαδοπούλου",
    "தமிழ்ச்செல்வி",
    "👩🏽‍🔬 Ada 🦊",
    "Łukasz Żółć",
    "Decomposed e\u0301 and composed \u00e9",
    "<b>&amp;</b> ]]> {} ^^ @en",
    "שרה כהן",
    "Ünal Iğdır İstanbul ß ẞ",
    "O’Dwyer\u2028line\u00a0space",
    "নাসরিন 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷",
)

HOSTILE = SampleAchievement(
    slug="every-element",
    art=Art(title=("Every", "Element"), icon="network"),
    name='Every "element" \\ 🦊 (SAMPLE)',
    description='One\nTwo\twith a tab, "quotes", a back\\slash, <tags>, ]]> and \u2028 a separator. SAMPLE.',
    outcomes=('Say "yes" in N-Quads: _:b0 <urn:p> "o"@en .', "Écrire \\u00e9 littéralement", "回路を読む 🦊", "{}[],:"),
    skills=(
        skill("troubleshoot networks", esco="3b5d9c3a-2c1e-4a5e-9a27-0a8b8f0f6a11"),
        skill('An "own" skill \\ of ours'),
        {"name": "Coded", "framework": "Sample skills", "url": "https://skills.example/%C3%A9?a=1&b=2", "code": "S-1"},
    ),
    workload="PT62H",
    duration_text="about 5 weeks",
    credits=Decimal("2.5"),
    credit_framework="ECTS",
    eqf_level=6,
    nqf_level="NQF 6 “Bachelor-level skills”",
    ehea_cycle="first cycle",
    isced_f="0612",
    field_of_study="Networks & “design”",
    assessment_type="project",
    assessment_text='Project, 4 tasks, "open book"',
    participation_form="blended",
    pace="scheduled",
    quality_assurance_type="external",
    quality_assurance_text="Reviewed outside, every \\ year",
    entry_requirement="None, or anything: 1 < 2",
    supervision="online-with-id",
    stackability="standalone",
    stackability_text="Stands alone; also counts elsewhere",
    language="en-GB",
    tags=("quotes \"'\\", "emoji 🦊", "日本語"),
    result_descriptions=(
        {"key": "grade", "name": "Grade “A–F”", "result_type": "LetterGrade", "allowed_values": ["A", "B", "C"]},
        {
            "key": "score",
            "name": "Score",
            "result_type": "Percent",
            "value_min": "0",
            "value_max": "100",
            "required_value": "50",
        },
    ),
    validity="P3Y",
)
HOSTILE_ISSUER = SampleIssuer(
    slug="interop-institute",
    name='Interop "Institute" \\ für Prüfungen 🦊 (SAMPLE)',
    country_code="AT",
    facts={
        "description": 'Fictional: "quotes", back\\slash,\nand a second line.',
        "url": "https://interop.example/",
        "email": "badges@interop.example",
        "region": "Niederösterreich",
        "legal_id": 'SAMPLE "1"',
        "legal_id_type": "ext:VAT",
        "parent_name": "Universität \\ Beispiel (SAMPLE)",
    },
    letters="IN",
    field="06",
    achievements=(HOSTILE,),
)
# As little as a badge can say, so that every letter of one can be tried.
SMALL = SampleAchievement(
    slug="small",
    art=Art(title=("Small",), icon="network"),
    name="Small (SAMPLE)",
    description="Fictional.",
    achievement_type="Badge",
    outcomes=("Do it",),
    skills=(),
    workload="",
    duration_text="",
    eqf_level=1,
    isced_f="0612",
    field_of_study="",
    assessment_type="",
    assessment_text="",
    participation_form="",
    pace="",
    quality_assurance_type="",
    quality_assurance_text="",
    supervision="",
    stackability="",
)
SMALL_ISSUER = replace(HOSTILE_ISSUER, slug="interop-small", name="Small (SAMPLE)", facts={}, achievements=(SMALL,))


@dataclass(frozen=True, slots=True)
class Credential:
    """Both secured forms of one award, and the pictures that carry it, as they are served."""

    label: str
    document: JsonObject
    token: str
    png: bytes
    svg: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """Credentials, and the body of every address that a verifier of them asks for.

    `documents`: JSON by whole address and, for issuers, by DID; `tokens`: status lists as tokens by address.
    `pages`: profile and definition documents by address.
    """

    credentials: tuple[Credential, ...]
    documents: dict[str, JsonObject]
    tokens: dict[str, str]
    pages: dict[str, JsonObject]

    def download(self, url: str) -> bytes:
        """A fetcher for openbadgeslib: it asks https of did:web hosts, and status lists as tokens."""
        plain = url.replace("https://localhost:", "http://localhost:", 1)
        return self.tokens[plain].encode() if plain in self.tokens else orjson.dumps(self.documents[plain])


def issue_everything() -> Published:
    """Award every sample achievement, a class of 25 and the most hostile texts; look at them from outside."""
    with transaction.atomic():
        load_samples(now=NOW, issuers=[*ISSUERS, HOSTILE_ISSUER])
        batches = list(_award_all())
        found = published(Award.objects.filter(batch__in=batches).order_by("pk"))
        transaction.set_rollback(True)
    return found


def _award_all() -> Iterator[Batch]:
    achievements = Achievement.objects.filter(issuer__is_sample=True).order_by("pk")
    for position, achievement in enumerate(achievements):
        yield award(achievement.current, [learner(position, achievement.current)])
    hostile = Achievement.objects.get(slug=HOSTILE.slug).current
    yield award(hostile, [learner(position, hostile) for position in range(2)])
    class_of_25 = (Path(load.__file__).parent / "learners-25.csv").read_bytes()
    reading = read_awards(class_of_25, rules=Rules(today=NOW.date()))
    yield award(Achievement.objects.get(slug="it-security").current, [row for _, row in reading.rows])


def learner(position: int, version: AchievementVersion) -> RowValues:
    """Invented people, with everything that a row may say where the position is even."""
    results = tuple((item["key"], (item.get("allowed_values") or ["77.5"])[0]) for item in version.result_descriptions)
    values = RowValues(email=f"learner{position}@example.org", name=NAMES[position % len(NAMES)], results=results)
    if position % 2:
        return values
    return replace(
        values,
        narrative='Wrote "it" down:\r\n\ta \\ b\nand 🦊.',
        evidence=(EvidenceLink("https://portfolio.example.org/a?b=c&d=%22#e", "Portfolio “two”"),),
        licence_number='No. "7\\8"',
        language="pt-BR",
    )


def award(version: AchievementVersion, people: Sequence[RowValues], *, now: datetime = NOW) -> Batch:
    """Award through a batch, worked off here."""
    batch = create_batch(
        version=version,
        rows=list(enumerate(people, start=2)),
        file_name="interop.csv",
        file_digest=sha256(str((version.pk, people)).encode()).hexdigest(),
        duplicates=Batch.Duplicates.ISSUE,
        created_by=None,
        now=now,
    )
    start_batch(batch_id=batch.pk, now=now)
    while issue_next_chunk(batch_id=batch.pk):
        pass
    batch.refresh_from_db()
    assert (batch.issued, batch.failed) == (len(people), 0), list(batch.rows.values("code", "column", "message"))
    return batch


def published(awards: Iterable[Award]) -> Published:
    """Fetch awards and what they point at, each from its own address."""
    credentials: list[Credential] = []
    documents: dict[str, JsonObject] = {}
    tokens: dict[str, str] = {}
    pages: dict[str, JsonObject] = {}
    for given in awards:
        credential = _credential(given)
        credentials.append(credential)
        issuer, achievement = _issuer(credential.document), _achievement(credential.document)
        if issuer not in documents:
            address = given.issuer.address
            documents[issuer] = documents[f"{address}/did.json"] = get_json(f"{address}/did.json", "*/*")
            pages[address] = get_json(address, "application/ld+json")
        if achievement not in pages:
            pages[achievement] = get_json(achievement, "application/ld+json")
        status = _status_list(credential.document)
        if status not in documents:
            documents[status], tokens[status] = get_json(status, JSON), get(status, TOKEN).decode()
    return Published(tuple(credentials), documents, tokens, pages)


def _credential(given: Award) -> Credential:
    return Credential(
        label=f"{given.achievement_version.achievement.slug}-{given.batch_row}",
        document=get_json(given.address, JSON),
        token=get(given.address, TOKEN).decode(),
        png=get(f"{given.address}.png"),
        svg=get(f"{given.address}.svg"),
    )


def get(url: str, accept: str = "*/*") -> bytes:
    """The body that an address of ours serves to a stranger."""
    parts = urlsplit(url)
    response = _client().get(parts.path, headers={"accept": accept, "host": parts.netloc})
    assert response.status_code == 200, (url, accept, response.status_code)
    return response.content


@cache
def _client() -> Client:
    return Client()


def get_json(url: str, accept: str) -> JsonObject:
    value: JsonObject = orjson.loads(get(url, accept))
    return value


def _issuer(document: Any) -> str:
    return str(document["issuer"]["id"])


def _achievement(document: Any) -> str:
    return str(document["credentialSubject"]["achievement"]["id"])


def _status_list(document: Any) -> str:
    return str(document["credentialStatus"]["statusListCredential"])
