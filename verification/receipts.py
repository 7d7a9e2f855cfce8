"""Receipts of this installation: the one module that opens its keys. It signs what a report says, never given bytes."""

from __future__ import annotations

import logging

from issuers import installation
from issuers.keystore import KeyUnavailable, installation_private_key
from openbadges.errors import ReceiptInvalid
from openbadges.receipts import Receipt, issuer_of_receipt, read_receipt, sign_receipt
from openbadges.report import Report

log = logging.getLogger(__name__)


def sign(report: Report, *, presented: bytes | str, credential: str) -> str | None:
    """The receipt of a report as a compact JWS. presented: what was sent in; credential: its text, "" for none.

    None where the installation's key cannot be opened: a verdict is worth having without a receipt, and the log tells
    the operator.
    """
    key = installation.signing_key(now=report.checked_at)
    try:
        private = installation_private_key(key)
    except KeyUnavailable as error:
        log.error("No receipt can be signed: %s", error)
        return None
    receipt = Receipt.of(report, issuer=installation.did(), presented=presented, credential=credential)
    return sign_receipt(receipt, private, kid=installation.method_id(key))


def read(text: str) -> Receipt:
    """What a receipt of ours says, from any address that we had. Raises OpenBadgesError where it is none.

    ReceiptInvalid, TokenInvalid and JsonInvalid, as openbadges.receipts.read_receipt says.
    """
    issuer = issuer_of_receipt(text)
    if issuer not in installation.dids():
        raise ReceiptInvalid("The receipt was signed by another installation.", code="receipt.issuer")
    return read_receipt(text, installation.did_document(issuer))
