"""Touchstone's side: each function here calls what the product itself calls, and nothing beside it.

This is the seam between benchmark and product: where the product does the work in another way, only this file changes.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from credentials.batches import CHUNK_ROWS
from credentials.signing import prepared_awards
from openbadges import canonical, jose
from openbadges.batch_templates import BatchTemplates
from openbadges.data_integrity import ProofMaker
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey, PublicKey
from openbadges.report import Report
from tests.bench.sample import Reserved, World
from verification.evidence import Held
from verification.services import verify

_templates: Counter[str] = Counter()


def issue(world: World, reserved: Sequence[Reserved]) -> list[str]:
    """From awards, chunk by chunk, to the text of credentials with an embedded proof.

    What credentials.signing.sign_awards does between reading and storing awards, but for their tokens.
    """
    texts: list[str] = []
    for start in range(0, len(reserved), CHUNK_ROWS):
        texts += _issue_chunk(world, reserved[start : start + CHUNK_ROWS])
    return texts


def _issue_chunk(world: World, reserved: Sequence[Reserved]) -> list[str]:
    recorded = {(one.award.status_list_id, one.award.status_index): one.digest for one in reserved}
    templates = BatchTemplates(seed=secrets.token_bytes(16))
    maker = ProofMaker(world.proof_key, verification_method=world.proof_method, created=world.now)
    awards = [one.award for one in reserved]
    prepared = prepared_awards(awards, version=world.version, recorded=recorded, templates=templates)
    signed = [document.with_proof(maker).decode() for _, document in prepared]
    templates.finish()
    _templates.update(filled=templates.filled, converted=templates.converted)
    return signed


def verdict(data: bytes, *, published: Mapping[str, JsonObject], now: datetime) -> Report:
    """From the bytes of a credential to the report that page, API and command line show."""
    return verify(data, now=now, held=Held(published)).report


def sign_token(document: JsonObject, key: PrivateKey, *, kid: str) -> str:
    signature = jose.sign_token(document, key, kid=kid, alg="ES256")
    return jose.assemble_token(document, kid=kid, alg="ES256", signature=signature)


def verify_token(text: str, key: PublicKey) -> JsonObject:
    token = jose.parse_token(text)
    jose.verify_token(token, key)
    return jose.credential_of(token)


def paths() -> dict[str, int]:
    """How many documents of this process took which path: to canonical bytes, and through templates."""
    ways = {str(way): number for way, number in canonical.paths().items()}
    return {**ways, "template_filled": _templates["filled"], "template_converted": _templates["converted"]}
