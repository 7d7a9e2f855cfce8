"""The one module that signs. It takes ids, rebuilds each document from the database and checks it; never given bytes.

Only workers call it. What it signs was recorded before (credentials.issuing): a document that no longer matches its
record is not signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credentials import publishing
from credentials.errors import NoSigningKey, RecordMismatch
from credentials.models import Award, StatusEntry, StatusList
from issuers.keystore import private_key
from issuers.models import Issuer, SigningKey
from issuers.publishing import method_id
from openbadges import canonical, jose, strict_json
from openbadges.data_integrity import add_proof
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey


@dataclass(frozen=True, slots=True)
class SignedAward:
    """Both secured forms of one award: the JSON with its proof, and the signature of the token."""

    award_id: int
    document: str
    token_signature: bytes


@dataclass(frozen=True, slots=True)
class SignedAwards:
    """What was signed, and the two keys that signed all of it; the keys are None where there was nothing to sign."""

    awards: Sequence[SignedAward]
    proof_key: SigningKey | None = None
    token_key: SigningKey | None = None


@dataclass(frozen=True, slots=True)
class SignedList:
    document: str
    token: str


def sign_awards(award_ids: Sequence[int], *, now: datetime) -> SignedAwards:
    """Sign reserved awards of one achievement version. Raises RecordMismatch, NoSigningKey."""
    awards = list(
        Award.objects.filter(pk__in=award_ids, state=Award.State.RESERVED)
        .select_related("status_list")
        # Of the list only its address is needed: its bits and documents are large.
        .defer("status_list__bits", "status_list__document", "status_list__token")
        .order_by("pk")
    )
    if not awards:
        return SignedAwards([])
    recorded = _recorded_digests(awards)
    version = awards[0].achievement_version
    builder, keys = publishing.CredentialBuilder(version), _ActiveKeys(version.achievement.issuer)
    signed = []
    for award in awards:
        document = builder.unsigned(award)
        if canonical.digest(document) != recorded.get((award.status_list_id, award.status_index)):
            raise RecordMismatch(f"Award {award.public_id} is not what was recorded when it was reserved.")
        secured, signature = keys.secure(document, now=now)
        signed.append(
            SignedAward(
                award_id=award.pk,
                document=strict_json.dumps(secured).decode(),
                token_signature=signature,
            )
        )
    return SignedAwards(signed, keys.proof_row, keys.token_row)


def sign_status_list(status_list: StatusList, *, now: datetime, valid_until: datetime) -> SignedList:
    """Sign a list as its row says now."""
    document = publishing.status_list_document(status_list, valid_from=now, valid_until=valid_until)
    keys = _ActiveKeys(status_list.issuer)
    secured, signature = keys.secure(document, now=now)
    token = publishing.token_of(document, key=keys.token_row, did=status_list.issuer.did, signature=signature)
    return SignedList(document=strict_json.dumps(secured).decode(), token=token)


def active_keys(issuer: Issuer) -> tuple[SigningKey, SigningKey]:
    """The keys that sign for this issuer now: for proofs and for tokens, sealed. Raises NoSigningKey."""
    rows = {row.purpose: row for row in issuer.keys.filter(state=SigningKey.State.ACTIVE)}
    if len(rows) != len(SigningKey.Purpose):
        raise NoSigningKey(f"{issuer.name} lacks an active key for proofs or for tokens. Rotate its keys.")
    return rows[SigningKey.Purpose.PROOF], rows[SigningKey.Purpose.TOKEN]


class _ActiveKeys:
    """The two active keys of an issuer, opened."""

    def __init__(self, issuer: Issuer) -> None:
        self.proof_row, self.token_row = active_keys(issuer)
        self._did = issuer.did
        self._proof_key: PrivateKey = private_key(self.proof_row)
        self._token_key: PrivateKey = private_key(self.token_row)

    def secure(self, document: JsonObject, *, now: datetime) -> tuple[JsonObject, bytes]:
        """Return the document with an embedded proof, and the signature of its token."""
        secured = add_proof(
            document, self._proof_key, verification_method=method_id(self.proof_row, self._did), created=now
        )
        signature = jose.sign_token(
            document,
            self._token_key,
            kid=method_id(self.token_row, self._did),
            alg=publishing.token_algorithm(self.token_row),
        )
        return secured, signature


def _recorded_digests(awards: Sequence[Award]) -> dict[tuple[int, int], bytes]:
    entries = StatusEntry.objects.filter(award__in=awards).values_list("status_list_id", "index", "digest")
    return {(status_list, index): bytes(digest) for status_list, index, digest in entries}
