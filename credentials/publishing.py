"""The documents built from rows: achievement, credential, status list and the token of each.

One function builds each document, for signing as for showing, so that both can never differ. EU elements without an
Open Badges property of their own travel as alignments with a `targetType` of `ext:…` (DESIGN 3, PRODUCT 3b).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from credentials import durations
from credentials.models import AchievementVersion, Award, StatusList
from issuers.models import SigningKey
from issuers.publishing import method_id, profile_of
from openbadges import jose, status
from openbadges.documents import (
    Achievement,
    AchievementSubject,
    Alignment,
    Criteria,
    Evidence,
    IdentityObject,
    Image,
    OpenBadgeCredential,
    Profile,
    Result,
    ResultDescription,
    StatusEntry,
    hash_email,
    status_list_credential,
)
from openbadges.json_types import JsonObject
from openbadges.template import Path, Texts
from openbadges.times import format_time

EQF_URL = "http://data.europa.eu/snb/eqf/"
ISCED_F_URL = "http://data.europa.eu/snb/isced-f/"
_TOKEN_ALGORITHMS = {SigningKey.Algorithm.P256: "ES256", SigningKey.Algorithm.RSA: "RS256"}


class CredentialBuilder:
    """Builds the unsigned credential of one award after another for the same achievement version.

    `unsigned` says what a credential is; `texts` names what changes from one to the next, for templates.
    """

    def __init__(self, version: AchievementVersion) -> None:
        self._version = version
        self._issuer = profile_of(version.achievement.issuer)
        self._achievement = achievement_of(version)
        self._places: dict[tuple[int, ...], tuple[Path, ...]] = {}
        self._list: tuple[int | None, str] = None, ""

    def unsigned(self, award: Award) -> JsonObject:
        """The credential of this award as it is signed, without its proof. Raises DocumentInvalid."""
        return OpenBadgeCredential(
            id=award.address,
            name=self._version.name,
            issuer=self._issuer,
            valid_from=award.valid_from,
            valid_until=award.valid_until,
            awarded_date=award.awarded_at,
            credential_subject=AchievementSubject(
                id=award.subject_id,
                identifier=(
                    IdentityObject.of_email(award.recipient_email, award.recipient_salt),
                    IdentityObject.of_name(award.recipient_name),
                ),
                achievement=self._achievement,
                credits_earned=self._version.credits,
                license_number=award.licence_number or None,
                narrative=award.narrative or None,
                result=tuple(_results(award, self._achievement.id)),
            ),
            evidence=tuple(Evidence(id=item["url"], name=item["name"] or None) for item in award.evidence),
            credential_status=StatusEntry(status_list_credential=award.status_list.address, index=award.status_index),
        ).to_json()

    def texts(self, award: Award) -> Texts:
        """Every text in which credentials of this version differ; `_places` says where each stands in `unsigned`."""
        list_address, index = self._list_address(award), str(award.status_index)
        values = [
            award.address,
            format_time(award.valid_from),
            format_time(award.awarded_at),
            award.subject_id,
            hash_email(award.recipient_email, award.recipient_salt),
            award.recipient_salt,
            award.recipient_name,
            f"{list_address}#{index}",
            index,
            list_address,
        ]
        valid_until, licence_number, narrative = award.valid_until, award.licence_number, award.narrative
        if valid_until:
            values.append(format_time(valid_until))
        if licence_number:
            values.append(licence_number)
        if narrative:
            values.append(narrative)
        for item in award.results:
            values += _result_id(self._achievement.id, item["key"]), item["value"]
        named_evidence = []
        for item in award.evidence:
            url, name = item["url"], item["name"]
            values += (url, name) if name else (url,)
            named_evidence.append(name != "")
        shape = (valid_until is not None, licence_number != "", narrative != "", len(award.results), *named_evidence)
        places = self._places.get(shape)
        if places is None:
            places = self._places[shape] = tuple(_places(*shape))
        return Texts(places, values)

    def _list_address(self, award: Award) -> str:
        """The address of the award's status list, which nearly all awards of a batch share."""
        known, address = self._list
        if known != award.status_list_id:
            address = award.status_list.address
            self._list = award.status_list_id, address
        return address


def _places(has_end: int, has_licence: int, has_narrative: int, results: int, *named_evidence: int) -> Iterator[Path]:
    """Where the texts of a credential stand, in the order of CredentialBuilder.texts."""
    yield from (("id",), ("validFrom",), ("awardedDate",), ("credentialSubject", "id"))
    yield ("credentialSubject", "identifier", 0, "identityHash")
    yield ("credentialSubject", "identifier", 0, "salt")
    yield ("credentialSubject", "identifier", 1, "identityHash")
    yield from (("credentialStatus", name) for name in ("id", "statusListIndex", "statusListCredential"))
    if has_end:
        yield ("validUntil",)
    if has_licence:
        yield ("credentialSubject", "licenseNumber")
    if has_narrative:
        yield ("credentialSubject", "narrative")
    for number in range(results):
        yield ("credentialSubject", "result", number, "resultDescription")
        yield ("credentialSubject", "result", number, "value")
    for number, is_named in enumerate(named_evidence):
        yield ("evidence", number, "id")
        if is_named:
            yield ("evidence", number, "name")


def achievement_of(version: AchievementVersion) -> Achievement:
    """The definition as it stands in every credential of this version."""
    issuer, address = version.achievement.issuer, version.address
    return Achievement(
        id=address,
        name=version.name,
        description=version.description,
        achievement_type=version.achievement_type,
        criteria=Criteria(
            id=version.criteria_url or address,
            narrative="\n".join(f"- {outcome}" for outcome in version.outcomes) or None,
        ),
        creator=Profile(id=issuer.did, name=issuer.name),
        image=Image(id=f"{address}/image.png", caption=f"Badge: {version.name}, {issuer.name}"),
        alignment=(*_skills(version), *_eu_elements(version)),
        result_description=(*_outcomes(version), *_result_descriptions(version)),
        credits_available=version.credits,
        field_of_study=version.field_of_study or None,
        in_language=version.language,
        tag=tuple(version.tags),
        version=str(version.number),
    )


def status_list_document(status_list: StatusList, *, valid_from: datetime, valid_until: datetime) -> JsonObject:
    return status_list_credential(
        list_url=status_list.address,
        issuer=status_list.issuer.did,
        valid_from=valid_from.replace(microsecond=0),
        valid_until=valid_until.replace(microsecond=0),
        encoded_list=status.encode_list(bytes(status_list.bits)),
    ).to_json()


def token_algorithm(key: SigningKey) -> str:
    return _TOKEN_ALGORITHMS[SigningKey.Algorithm(key.algorithm)]


def token_of(document: JsonObject, *, key: SigningKey, did: str, signature: bytes) -> str:
    """The token of a document, put together again from its stored signature."""
    return jose.assemble_token(document, kid=method_id(key, did), alg=token_algorithm(key), signature=signature)


def _skills(version: AchievementVersion) -> Iterator[Alignment]:
    address = version.address
    for number, skill in enumerate(version.skills, start=1):
        yield Alignment(
            target_name=skill["name"],
            target_url=skill.get("url") or f"{address}#skill-{number}",
            target_framework=skill.get("framework") or None,
            target_code=skill.get("code") or None,
        )


def _outcomes(version: AchievementVersion) -> Iterator[ResultDescription]:
    address = version.address
    for number, outcome in enumerate(version.outcomes, start=1):
        yield ResultDescription(id=f"{address}#outcome-{number}", name=outcome, result_type="Status")


def _result_descriptions(version: AchievementVersion) -> Iterator[ResultDescription]:
    address = version.address
    for item in version.result_descriptions:
        yield ResultDescription(
            id=_result_id(address, item["key"]),
            name=item["name"],
            result_type=item["result_type"],
            allowed_value=tuple(item.get("allowed_values", ())),
            value_min=item.get("value_min"),
            value_max=item.get("value_max"),
            required_value=item.get("required_value"),
        )


def _results(award: Award, version_address: str) -> Iterator[Result]:
    for item in award.results:
        yield Result(result_description=_result_id(version_address, item["key"]), value=item["value"])


def _result_id(version_address: str, key: str) -> str:
    return f"{version_address}#result-{key}"


@dataclass(frozen=True, slots=True)
class _Element:
    """One EU element: its name after `ext:`, the value in words and in code, and the vocabulary it is from."""

    name: str
    words: str
    code: str = ""
    url: str = ""
    framework: str = ""


def _eu_elements(version: AchievementVersion) -> Iterator[Alignment]:
    """One alignment per stated EU element, in the order of the Recommendation's Annex I."""
    address = version.address
    for element in _stated(version):
        if element.words:
            yield Alignment(
                target_type=f"ext:{element.name}",
                target_name=element.words,
                target_code=element.code or None,
                target_url=element.url or f"{address}#{element.name}",
                target_framework=element.framework or None,
            )


def _stated(version: AchievementVersion) -> Iterator[_Element]:
    """The elements of a version; those that it leaves open have no words."""
    hours = f"Workload: {durations.hours(version.workload)} hours" if version.workload else ""
    yield _Element("workload", hours, version.workload)
    credit = version.credit_framework and f"Credits in {version.credit_framework}"
    yield _Element("creditFramework", credit, version.credit_framework)
    level = str(version.eqf_level or "")
    words = level and f"EQF level {level}: {version.get_eqf_level_display()}"
    yield _Element("EQFLevel", words, level, f"{EQF_URL}{level}", "European Qualifications Framework")
    yield _Element("NQFLevel", version.nqf_level)
    yield _Element("EHEACycle", version.ehea_cycle)
    field = version.isced_f and (version.field_of_study or version.isced_f)
    yield _Element("ISCEDF", field, version.isced_f, f"{ISCED_F_URL}{version.isced_f}", "ISCED-F 2013")
    assessment = version.assessment_text or version.get_assessment_type_display()
    yield _Element("assessmentType", assessment, version.assessment_type)
    yield _Element("participationForm", version.get_participation_form_display(), version.participation_form)
    yield _Element("pace", version.get_pace_display(), version.pace)
    assurance = version.quality_assurance_text or version.get_quality_assurance_type_display()
    yield _Element("qualityAssuranceType", assurance, version.quality_assurance_type)
    yield _Element("entryRequirement", version.entry_requirement)
    yield _Element("supervision", version.get_supervision_display(), version.supervision)
    stack = version.stackability_text or version.get_stackability_display()
    yield _Element("stackability", stack, version.stackability)
