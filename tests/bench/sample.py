"""The sample of every gate: one micro-credential with every element of PRODUCT 3b, and people who earn it.

Nothing of it is in a database. Every award is another person's, so that no document is ever seen twice.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, islice

from django.test import override_settings

from credentials.models import Achievement, AchievementVersion, Award, StatusList
from credentials.publishing import CredentialBuilder, status_list_document
from credentials.samples.values import Art, SampleAchievement, skill
from issuers.models import Issuer
from openbadges import canonical, status, strict_json
from openbadges.data_integrity import add_proof
from openbadges.did import VerificationMethod, build_did_document
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey, PublicKey
from openbadges.parts import Part

ISSUED_AT, VERIFIED_AT = "https://academy.example", "https://verifier.example"
"""The issuing installation, and another one that verifies: for it the badge is a stranger's."""
_OUTCOMES = (
    "Set up a small office network and explain each part of it",
    "Find the cause of a broken connection with a written method",
    "Secure a home office router against the ten most common attacks",
    "Write a ticket that a colleague can act on without asking back",
)
NETWORKING = SampleAchievement(
    slug="networking-basics",
    art=Art(title=("Networking",), icon="network"),
    name="Networking basics (SAMPLE)",
    description="Sixty hours of practical work on small networks, ending in a supervised task.",
    outcomes=_OUTCOMES,
    skills=(
        skill("troubleshoot networks", esco="00000001-0000-4000-8000-000000000000"),
        skill("maintain routers", esco="00000002-0000-4000-8000-000000000000"),
    ),
    workload="PT60H",
    duration_text="about 4 weeks",
    credits=Decimal("2"),
    credit_framework="ECTS",
    eqf_level=5,
    nqf_level="National level 5",
    ehea_cycle="QF-EHEA short cycle",
    isced_f="0611",
    field_of_study="Computer use",
    assessment_type="project",
    assessment_text="Assessment: practical task",
    participation_form="online",
    pace="own",
    quality_assurance_type="external",
    quality_assurance_text="Quality assurance: external review",
    entry_requirement="None",
    supervision="online-with-id",
    stackability="stackable",
    stackability_text="Part of: SAMPLE IT Support programme",
    tags=("networks", "IT support"),
    result_descriptions=(
        {"key": "grade", "name": "Final grade", "result_type": "Percent", "value_min": "0", "value_max": "100"},
        {"key": "outcome", "name": "All outcomes shown", "result_type": "Status"},
    ),
    validity="P3Y",
)


@dataclass(frozen=True, slots=True)
class Reserved:
    """An award, and the digest of the document that was recorded for it."""

    award: Award
    digest: bytes


@dataclass(frozen=True, slots=True)
class Facts:
    """The size of one unsigned document: compact JSON, statements in its canonical form, objects without an id."""

    bytes: int
    quads: int
    blank_nodes: int


class World:
    """One issuer with its keys, its achievement and its status list, and as many learners as are asked for."""

    def __init__(self, *, other_keys: Sequence[tuple[str, PublicKey]] = (), number: int = 1) -> None:
        """other_keys: (fragment, key) of whoever else may sign for the issuer. number: tells worlds apart."""
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.version = _version(number)
        self.status_list = StatusList(pk=number, issuer=self.version.achievement.issuer, bits=status.empty())
        self.proof_key, self.token_key = PrivateKey.generate("Ed25519"), PrivateKey.generate("P-256")
        self._learners = count(1)
        with override_settings(PUBLIC_URL=ISSUED_AT):
            self.did = self.version.achievement.issuer.did
            self.builder = CredentialBuilder(self.version)
            keys = [("proof", self.proof_key.public), ("token", self.token_key.public), *other_keys]
            self.did_document = Part(build_did_document(self.did, [self._method(*key) for key in keys]))
            self._status_address = self.status_list.address
            starts, ends = self.now - timedelta(hours=1), self.now + timedelta(days=7)
            unsigned_list = status_list_document(self.status_list, valid_from=starts, valid_until=ends)
            self._signed_list = Part(self._sign(unsigned_list))

    @property
    def proof_method(self) -> str:
        return f"{self.did}#proof"

    @property
    def token_method(self) -> str:
        return f"{self.did}#token"

    @property
    def published(self) -> dict[str, JsonObject]:
        """What a verifier needs of the issuer, by address or DID: its DID document and its status list."""
        return {self.did: self.did_document, self._status_address: self._signed_list}

    @property
    def methods(self) -> dict[str, JsonObject]:
        return methods_in(self.did_document)

    def reserve(self, number: int) -> list[Reserved]:
        with override_settings(PUBLIC_URL=ISSUED_AT):
            return [
                Reserved(award, canonical.digest(self.builder.unsigned(award)))
                for award in islice(self._awards(), number)
            ]

    def unsigned(self, number: int) -> list[JsonObject]:
        """Documents as they are signed, without their proof."""
        with override_settings(PUBLIC_URL=ISSUED_AT):
            return [self.builder.unsigned(award) for award in islice(self._awards(), number)]

    def signed(self, number: int) -> list[bytes]:
        """The text of credentials with an embedded proof."""
        return [strict_json.dumps(self._sign(document)) for document in self.unsigned(number)]

    def facts(self) -> Facts:
        [document] = self.unsigned(1)
        text = canonical.rdfc(document)
        return Facts(len(strict_json.dumps(document)), text.count(b"\n"), len(set(re.findall(rb"_:c14n[0-9]+", text))))

    def _sign(self, document: JsonObject) -> JsonObject:
        return add_proof(document, self.proof_key, verification_method=self.proof_method, created=self.now)

    def _method(self, fragment: str, key: PublicKey) -> VerificationMethod:
        return VerificationMethod(id=f"{self.did}#{fragment}", controller=self.did, key=key)

    def _awards(self) -> Iterator[Award]:
        for number in self._learners:
            yield self._award(number)

    def _award(self, number: int) -> Award:
        return Award(
            issuer=self.version.achievement.issuer,
            achievement_version=self.version,
            recipient_name=f"Ada Sample {number}",
            recipient_email=f"ada.sample.{number}@example.org",
            recipient_salt=uuid.uuid4().hex,
            subject_id=f"urn:uuid:{uuid.uuid4()}",
            awarded_at=self.now,
            valid_from=self.now,
            valid_until=self.now + timedelta(days=1095),
            narrative=f"Built and repaired practice network {number} without help.",
            evidence=[{"url": f"https://portfolio.example.org/ada-{number}/plan", "name": "Network plan"}],
            results=[{"key": "grade", "value": str(50 + number % 50)}, {"key": "outcome", "value": "Completed"}],
            licence_number=f"SAMPLE-2026-{number:06}",
            status_list=self.status_list,
            status_index=number % status.LIST_LENGTH,
        )


def methods_in(did_document: JsonObject) -> dict[str, JsonObject]:
    """Each Ed25519 verification method of a DID document by itself, as libraries ask for them."""
    contexts = "https://w3id.org/security/multikey/v1"
    methods = did_document["verificationMethod"]
    assert isinstance(methods, list)
    return {
        str(method["id"]): {"@context": contexts, **method}
        for method in methods
        if isinstance(method, dict) and method["type"] == "Multikey"
    }


def _version(number: int) -> AchievementVersion:
    issuer = Issuer(
        slug=f"sample-it-academy-{number}",
        name=f"Sample IT Academy {number} (SAMPLE)",
        description="A fictional academy that exists for measuring only.",
        url="https://academy.example/about",
        email="badges@academy.example",
        country_code="NL",
        region="Utrecht",
        legal_id=f"SAMPLE-{number:04}",
        legal_id_type="ext:VAT",
        parent_name="Sample University (SAMPLE)",
        logo_svg="<svg/>",
        is_sample=True,
    )
    achievement = Achievement(issuer=issuer, slug=NETWORKING.slug)
    return AchievementVersion(achievement=achievement, number=1, **NETWORKING.definition())
