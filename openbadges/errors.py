"""One family of errors; each carries a lasting code that pages, API and logs share."""

from __future__ import annotations

from typing import ClassVar


class OpenBadgesError(Exception):
    """Base of every refusal of this library.

    str(error) is one plain sentence without secrets. `code` is public and never renamed; an instance may
    carry a longer code of its class, e.g. JsonInvalid with "json.duplicate_member".
    """

    code: str = "openbadges"
    title: ClassVar[str] = "This document could not be processed"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code


class NotRead(OpenBadgesError):
    """Nothing can be said of the input, though it may well hold a good badge: the outcome is unknown."""


class LinkNotFollowed(NotRead):
    """A link was given and what is behind it was not fetched. Codes: read.not_followed (nobody tried),
    read.refused (the address is not one that is opened)."""

    code = "read.not_followed"
    title = "This link was not followed"


class LinkUnreachable(NotRead):
    """A link was given and its site did not answer, or not with a badge. Codes: read.unreachable, read.too_late."""

    code = "read.unreachable"
    title = "This link could not be opened"


class TooCostly(NotRead):
    """Reading or weighing the input went over the limits of time and memory that one input has."""

    code = "read.too_costly"
    title = "This input takes more work than any badge needs"


class JsonInvalid(OpenBadgesError):
    """The text is not the strict JSON that can be signed. Codes: json.invalid, json.encoding, json.too_large,
    json.too_deep, json.too_many_members, json.number, json.duplicate_member, json.surrogate."""

    code = "json.invalid"
    title = "This is not valid JSON"


class ContextNotPinned(OpenBadgesError):
    """A JSON-LD context is named that is not held here; contexts are never downloaded.
    Codes: context.not_pinned, context.inline (an object in place of an address), context.missing."""

    code = "context.not_pinned"
    title = "A context of this document is not known here"


class UndefinedTerm(OpenBadgesError):
    """JSON-LD would drop or guess a part of the document, so the signature would not cover it.
    Codes: term.undefined, term.relative_iri, term.dropped, term.invalid, term.blank_node."""

    code = "term.undefined"
    title = "This document uses a term that its contexts do not define"


class WorkLimitExceeded(OpenBadgesError):
    """Canonical form would take more work than any badge needs."""

    code = "work_limit"
    title = "This document is too complex to check"


class KeyInvalid(OpenBadgesError):
    """Codes: key.invalid, key.encoding, key.unsupported, key.weak, key.off_curve, key.length, key.private."""

    code = "key.invalid"
    title = "This key cannot be used"


class DidInvalid(OpenBadgesError):
    """Codes: did.invalid, did.unsupported_method, did.document_invalid."""

    code = "did.invalid"
    title = "This decentralised identifier cannot be used"


class ProofInvalid(OpenBadgesError):
    """Codes: proof.invalid (the signature does not fit), proof.malformed, proof.unsupported, proof.purpose,
    proof.missing, proof.chain, proof.key_type."""

    code = "proof.invalid"
    title = "The proof does not fit the document"


class TokenInvalid(OpenBadgesError):
    """Codes: token.malformed, token.too_large, token.encoding, token.header, token.algorithm, token.key_type,
    token.signature, token.type, token.claims."""

    code = "token.malformed"
    title = "This token cannot be accepted"


class ReceiptInvalid(OpenBadgesError):
    """Codes: receipt.type, receipt.claims, receipt.issuer (another installation's), receipt.key (not listed)."""

    code = "receipt.claims"
    title = "This is no receipt that can be relied on"


class StatusListInvalid(OpenBadgesError):
    """Codes: status_list.invalid, status_list.encoding, status_list.too_large, status_list.too_short,
    status_list.index."""

    code = "status_list.invalid"
    title = "This status list cannot be read"


class BakingInvalid(OpenBadgesError):
    """Codes: baking.unreadable, baking.not_baked, baking.too_large, baking.forbidden_xml, baking.text."""

    code = "baking.unreadable"
    title = "No badge could be read from this image"
