"""The one module that signs. It takes ids, rebuilds each document from the database and checks it; never given bytes.

Only workers call it. What it signs was recorded before (credentials.issuing): a document that no longer matches its
record is not signed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from credentials import publishing
from credentials.errors import NoSigningKey, RecordMismatch
from credentials.failpoints import failpoint
from credentials.models import AchievementVersion, Award, Reinstatement, StatusEntry, StatusList
from issuers.keystore import private_key
from issuers.models import Issuer, SigningKey
from issuers.publishing import method_id
from openbadges import canonical, jose
from openbadges.batch_templates import BatchTemplates
from openbadges.data_integrity import ProofMaker
from openbadges.keys import PrivateKey
from openbadges.template import PreparedDocument

Digests = Mapping[tuple[int, int], bytes]
"""The record key of each document, by status list and index."""

_PREPARED_TOGETHER = 32
"""Awards whose documents are prepared before the first of them is signed. Taking turns for each award takes a tenth
longer: the nearest caches of a processor hold what either step needs, but not both."""


@dataclass(frozen=True, slots=True)
class SignedAward:
    """Both secured forms of one award: the JSON with its proof, and the signature of the token."""

    award_id: int
    document: str
    token_signature: bytes


@dataclass(frozen=True, slots=True)
class SignedAwards:
    """What was signed, and the two keys that signed all of it; the keys are None where there was nothing to sign.

    converted: how many documents no template could be filled for, so that they were converted one by one.
    """

    awards: Sequence[SignedAward]
    proof_key: SigningKey | None = None
    token_key: SigningKey | None = None
    converted: int = 0


@dataclass(frozen=True, slots=True)
class SignedList:
    document: str
    token: str


def sign_awards(award_ids: Sequence[int], *, now: datetime) -> SignedAwards:
    """Sign reserved awards of one achievement version. Raises RecordMismatch, NoSigningKey, TemplateMismatch.

    The record was made from the typed values (credentials.issuing), so it holds each filled template to them.
    """
    awards = list(
        Award.objects.filter(pk__in=award_ids, state=Award.State.RESERVED)
        .select_related("status_list")
        # Of the list only its address is needed: its bits and documents are large.
        .defer("status_list__bits", "status_list__document", "status_list__token")
        .order_by("pk")
    )
    if not awards:
        return SignedAwards([])
    version = awards[0].achievement_version
    keys = _ActiveKeys(version.achievement.issuer, now=now)
    templates = BatchTemplates(seed=secrets.token_bytes(16))
    signed = []
    for award, prepared in prepared_awards(awards, version=version, recorded=_recorded(awards), templates=templates):
        failpoint("sign_row", row=award.batch_row)
        document, signature = keys.secure(prepared)
        signed.append(SignedAward(award_id=award.pk, document=document, token_signature=signature))
    templates.finish()
    return SignedAwards(signed, keys.proof_row, keys.token_row, converted=templates.converted)


def prepared_awards(
    awards: Sequence[Award], *, version: AchievementVersion, recorded: Digests, templates: BatchTemplates
) -> Iterator[tuple[Award, PreparedDocument]]:
    """Rebuild the document of each award, and hold it to its record. Raises RecordMismatch, TemplateMismatch."""
    builder = publishing.CredentialBuilder(version)
    for start in range(0, len(awards), _PREPARED_TOGETHER):
        part = awards[start : start + _PREPARED_TOGETHER]
        texts = [builder.texts(award) for award in part]
        prepared = [
            templates.prepare(each, partial(builder.unsigned, award)) for award, each in zip(part, texts, strict=True)
        ]
        for award, document in zip(part, prepared, strict=True):
            if document.digest != recorded.get((award.status_list_id, award.status_index)):
                raise RecordMismatch(f"Award {award.public_id} is not what was recorded when it was reserved.")
        yield from zip(part, prepared, strict=True)


def sign_reinstated(award_id: int, *, now: datetime) -> SignedAwards:
    """Sign the new document of a suspended award that was reinstated, as recorded for its new place.

    Nothing to sign where the reinstatement was withdrawn. Raises RecordMismatch, NoSigningKey.
    """
    waiting = Reinstatement.objects.select_related("status_list__issuer").filter(pk=award_id).first()
    if waiting is None or waiting.status_list is None:
        return SignedAwards([])
    award = waiting.reinstated_award()
    version = award.achievement_version
    document = publishing.CredentialBuilder(version).unsigned(award)
    recorded = StatusEntry.objects.get(status_list=award.status_list, index=award.status_index, award=award)
    if canonical.digest(document) != bytes(recorded.digest):
        raise RecordMismatch(f"Award {award.public_id} is not what was recorded when it was reinstated.")
    keys = _ActiveKeys(version.achievement.issuer, now=now)
    text, signature = keys.secure(PreparedDocument.of(document))
    return SignedAwards([SignedAward(award_id, text, signature)], keys.proof_row, keys.token_row)


def sign_status_list(status_list: StatusList, *, now: datetime, valid_until: datetime) -> SignedList:
    """Sign a list as its row says now."""
    document = publishing.status_list_document(status_list, valid_from=now, valid_until=valid_until)
    keys = _ActiveKeys(status_list.issuer, now=now)
    secured, signature = keys.secure(PreparedDocument.of(document))
    token = publishing.token_of(document, key=keys.token_row, did=status_list.issuer.did, signature=signature)
    return SignedList(document=secured, token=token)


def active_keys(issuer: Issuer) -> tuple[SigningKey, SigningKey]:
    """The keys that sign for this issuer now: for proofs and for tokens, sealed. Raises NoSigningKey."""
    rows = {row.purpose: row for row in issuer.keys.filter(state=SigningKey.State.ACTIVE)}
    if len(rows) != len(SigningKey.Purpose):
        raise NoSigningKey(f"{issuer.name} lacks an active key for proofs or for tokens. Rotate its keys.")
    return rows[SigningKey.Purpose.PROOF], rows[SigningKey.Purpose.TOKEN]


class _ActiveKeys:
    """The two active keys of an issuer, opened, to sign at one time."""

    def __init__(self, issuer: Issuer, *, now: datetime) -> None:
        self.proof_row, self.token_row = active_keys(issuer)
        self._proof_maker = ProofMaker(
            private_key(self.proof_row), verification_method=method_id(self.proof_row, issuer.did), created=now
        )
        self._token_key: PrivateKey = private_key(self.token_row)
        self._token_method = method_id(self.token_row, issuer.did)
        self._token_algorithm = publishing.token_algorithm(self.token_row)

    def secure(self, prepared: PreparedDocument) -> tuple[str, bytes]:
        """Return the JSON text with an embedded proof, and the signature of the token."""
        signature = jose.sign_payload(
            prepared.payload(), self._token_key, kid=self._token_method, alg=self._token_algorithm
        )
        return prepared.with_proof(self._proof_maker).decode(), signature


def _recorded(awards: Sequence[Award]) -> Digests:
    entries = StatusEntry.objects.filter(award__in=awards).values_list("status_list_id", "index", "digest")
    return {(status_list, index): bytes(digest) for status_list, index, digest in entries}
