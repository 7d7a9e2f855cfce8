"""Every code that a check or an error can carry: what it means and what to do. Codes are only ever added to.

docs/verification.md prints this list; tests hold it to the code and the document to it.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    meaning: str
    advice: str


_NOTHING = "Nothing."
_ASK_HOLDER = "Ask the holder for the original link or file."
_ASK_ISSUER = "Ask the issuer for a correct one."
_TRY_AGAIN = "Try again later."
_ASK_SITE = "Ask the issuer to repair its site."
_PASTE = "Paste the badge itself."
_RECEIPT = "Choose the file of the receipt as it was saved."
_ISSUER_SIDE = "For issuers and developers: correct the value."

_READ = {
    "read.ok": Code("A credential was found.", _NOTHING),
    "read.no_badge": Code("The input holds no badge.", "Use the link, the code, or the file as it was given out."),
    "read.no_credential": Code("The JSON is no credential.", _ASK_HOLDER),
    "read.unclaimed": Code("The link's credential waits to be claimed.", "Ask the holder to accept it."),
    "read.private": Code("The link's credential is not shared.", "Ask the holder for a new link."),
    "read.not_found": Code("No credential has this link or code.", "Check for a missing character."),
    "read.erased": Code("The link's credential was removed at the holder's request.", _ASK_HOLDER),
    "read.not_followed": Code("The link leads to another site, which was not opened.", _PASTE),
    "read.refused": Code("The link's address is not one that is opened from here.", _PASTE),
    "read.unreachable": Code("The link's site did not answer.", "Try again later, or paste the badge itself."),
    "read.no_badge_there": Code("What the link shows names no badge.", "Paste the badge itself, or choose its file."),
    "read.too_late": Code("The time for all inputs was over before this one.", "Send it again, with fewer others."),
    "read.too_many_fetches": Code("Too many other sites were asked for one client.", "Send it again in a minute."),
    "read.too_costly": Code("It takes more time or memory than any badge needs.", _ASK_ISSUER),
    "json.invalid": Code("The text is not JSON.", _ASK_HOLDER),
    "json.encoding": Code("The JSON is not UTF-8.", _ASK_HOLDER),
    "json.too_large": Code("The JSON is larger than 2 MiB.", _ASK_ISSUER),
    "json.too_deep": Code("The JSON nests deeper than 64 levels.", _ASK_ISSUER),
    "json.too_many_members": Code("The JSON has more than 20,000 members.", _ASK_ISSUER),
    "json.number": Code("A number has more than 30 digits or is none.", _ASK_ISSUER),
    "json.duplicate_member": Code("A member occurs twice, so it could be read in two ways.", _ASK_ISSUER),
    "json.surrogate": Code("A text holds half a character.", _ASK_ISSUER),
    "baking.unreadable": Code("The image cannot be read.", _ASK_HOLDER),
    "baking.not_baked": Code(
        "The picture has no badge data inside.", "Ask for the link: phones often remove the data."
    ),
    "baking.text": Code("The badge data in the picture is no text.", _ASK_HOLDER),
    "baking.too_large": Code("The picture or its badge data is too large.", _ASK_HOLDER),
    "baking.duplicate": Code("The picture carries badge data twice.", _ASK_ISSUER),
    "baking.forbidden_xml": Code("The SVG uses parts of XML that can do harm.", _ASK_ISSUER),
    "token.malformed": Code("The text is not a token of three parts.", _ASK_HOLDER),
    "token.encoding": Code("A part of the token is not spelled in the one accepted way.", _ASK_HOLDER),
    "token.too_large": Code("The token is too long.", _ASK_ISSUER),
}
_STRUCTURE = {
    "structure.ok": Code("Every part that an Open Badge needs is there.", _NOTHING),
    "structure.not_open_badge": Code("It is signed data, but not an Open Badge.", "Use it where it belongs."),
    "structure.older_badge": Code("It is an Open Badge of version 1 or 2, which cannot be checked here.", _ASK_ISSUER),
    "structure.vcdm_1_1": Code("It has the older credential form 1.1, which cannot be checked here.", _ASK_ISSUER),
    "structure.context": Code("The contexts are not those of Open Badges 3.0.", _ASK_ISSUER),
    "structure.context_not_pinned": Code("A context is not one that is held here.", "Ask the operator to add it."),
    "structure.inline_context": Code("The document defines words of its own.", _ASK_ISSUER),
    "structure.nested_context": Code("A part of the document brings a context of its own.", _ASK_ISSUER),
    "structure.keyword": Code("A JSON-LD keyword is used as a member.", _ASK_ISSUER),
    "structure.term_alias": Code("A member is a second spelling of another one.", _ASK_ISSUER),
    "structure.blank_node": Code("A member refers to a node without an address.", _ASK_ISSUER),
    "structure.unsigned_term": Code("A part of the document is not covered by the signature.", _ASK_ISSUER),
    "structure.two_credentials": Code("The token carries more than one credential.", _ASK_ISSUER),
    "structure.vc_claim": Code("The token carries its credential in a vc claim.", _ASK_ISSUER),
    "structure.claims_differ": Code("A claim of the token differs from the credential.", _ASK_ISSUER),
    "structure.claim_missing": Code("The token lacks a claim that it should repeat; a warning only.", _NOTHING),
    "structure.missing_member": Code("A required member is missing.", _ASK_ISSUER),
    "structure.member_type": Code("A member holds another kind of value than it should.", _ASK_ISSUER),
    "structure.node_type": Code("An object does not say what it is.", _ASK_ISSUER),
    "structure.address_invalid": Code("An id is not an absolute address.", _ASK_ISSUER),
    "structure.date_invalid": Code("A date is not a date and time with a time zone.", _ASK_ISSUER),
    "structure.date_order": Code("The credential ends before it starts.", _ASK_ISSUER),
    "structure.not_endorsement": Code("A contained credential is no endorsement.", _ASK_ISSUER),
    "structure.subject_count": Code("The credential names more than one holder.", _ASK_ISSUER),
    "structure.status_entry": Code("The status entry lacks its list, index or purpose.", _ASK_ISSUER),
    "structure.not_reached": Code("An earlier check decided.", _NOTHING),
}
_PROOF = {
    "proof.ok": Code("The signature fits.", _NOTHING),
    "proof.invalid": Code("The signature does not fit the document.", _ASK_HOLDER),
    "proof.not_as_recorded": Code("The document is not the one that was recorded when issued.", _ASK_HOLDER),
    "proof.malformed": Code("The signature is not written as one.", _ASK_HOLDER),
    "proof.missing": Code("The document carries no signature.", _ASK_HOLDER),
    "proof.unsupported": Code("The signature is of a kind that is not accepted here.", _ASK_ISSUER),
    "proof.too_many": Code("The document carries more than 8 signatures, or 3 in chains.", _ASK_ISSUER),
    "proof.chain": Code("The signature follows an earlier one that is not there.", _ASK_HOLDER),
    "proof.contexts": Code("Its early Open Badges context contradicts the data model 2.0.", _ASK_ISSUER),
    "proof.purpose": Code("The signature was made for another purpose than issuing.", _ASK_ISSUER),
    "proof.domain": Code("The signature was made for use in another place only.", _ASK_HOLDER),
    "proof.created_later": Code("The signature says that it was made in the future.", _ASK_ISSUER),
    "proof.expired": Code(
        "The signature has passed the end that its maker gave it.", "Ask the holder for a newer one."
    ),
    "proof.key_type": Code("The key is not of the kind that this signature needs.", _ASK_ISSUER),
    "proof.no_key": Code("The key of the signature is not known, so it was not checked.", _ASK_ISSUER),
    "proof.not_checked": Code("How the document is written makes its signature meaningless.", _ASK_ISSUER),
    "proof.not_reached": Code("An earlier check decided.", _NOTHING),
    "token.signature": Code("The token's signature does not fit.", _ASK_HOLDER),
    "token.algorithm": Code("The token's algorithm is forbidden or not supported.", _ASK_ISSUER),
    "token.key_type": Code("The token's algorithm does not belong to the issuer's key.", _ASK_ISSUER),
    "token.header": Code("The token's header holds something that is not accepted.", _ASK_ISSUER),
    "token.type": Code("The token says that it is something other than a credential.", _ASK_ISSUER),
    "token.claims": Code("The token's claims are not those of one credential.", _ASK_ISSUER),
    "context.not_pinned": Code("A context is not one that is held here.", "Ask the operator to add it."),
    "context.inline": Code("The document defines words of its own.", _ASK_ISSUER),
    "context.missing": Code("The document has no context.", _ASK_ISSUER),
    "term.undefined": Code("A member is not defined by the contexts, so no signature covers it.", _ASK_ISSUER),
    "term.relative_iri": Code("An address is not absolute, so no signature covers it.", _ASK_ISSUER),
    "term.dropped": Code("A value would be dropped, so no signature covers it.", _ASK_ISSUER),
    "term.invalid": Code("A value cannot be read as JSON-LD.", _ASK_ISSUER),
    "term.blank_node": Code("A member refers to a node without an address.", _ASK_ISSUER),
    "work_limit": Code("The document is too complex to check.", _ASK_ISSUER),
}
_ISSUER = {
    "issuer.ok": Code("The key belongs to the issuer, whose name is proven.", _NOTHING),
    "issuer.name_unproven": Code(
        "The key belongs to the issuer's address; its name is not proven.", "Read the address."
    ),
    "issuer.key_only": Code("A key is proven and nothing else.", "Ask the holder who the issuer is."),
    "issuer.name_imitates": Code("The issuer's name may imitate another one.", "Compare it letter by letter."),
    "issuer.creator_differs": Code("Another organisation is named as having defined the badge.", "Ask that one."),
    "issuer.no_record": Code("This installation has no record of issuing it.", "Do not rely on it."),
    "issuer.key_not_listed": Code("The issuer does not list the key.", "Ask the issuer whether it signed this."),
    "issuer.key_of_another": Code("The key belongs to somebody else than the issuer.", "Do not rely on it."),
    "issuer.key_revoked": Code("The issuer has withdrawn the key.", "Ask the holder for a newer one."),
    "issuer.key_expired": Code("The signature was made after the end of its key.", _ASK_ISSUER),
    "issuer.unreachable": Code("The issuer's address could not be reached.", _TRY_AGAIN),
    "issuer.not_held": Code("The issuer's keys were not looked up.", "Check it where there is a connection."),
    "issuer.unsupported_method": Code("The issuer's kind of identifier is not known here.", _ASK_ISSUER),
    "issuer.document_invalid": Code("The issuer's address serves no usable list of keys.", _ASK_ISSUER),
    "issuer.not_reached": Code("An earlier check decided.", _NOTHING),
}
_VALIDITY = {
    "dates.ok": Code("It is valid now.", _NOTHING),
    "dates.expired": Code("Its end has passed.", "Ask the holder for a newer one."),
    "dates.not_yet_valid": Code("Its start is to come.", "Wait until then."),
    "dates.missing": Code("It does not say from when it is valid.", _ASK_ISSUER),
    "dates.not_reached": Code("An earlier check decided.", _NOTHING),
    "status.ok": Code("It is neither revoked nor suspended.", _NOTHING),
    "status.none": Code("The issuer publishes no list of withdrawn badges for it.", "Ask the issuer if in doubt."),
    "status.revoked": Code("The issuer revoked it.", "Do not rely on it."),
    "status.suspended": Code("The issuer suspended it.", "Ask the issuer."),
    "status.superseded": Code("The issuer replaced it by a newer one.", "Use the newer one."),
    "status.older_copy": Code("A newer document of the same award was issued.", "Ask the holder for the newer copy."),
    "status.message": Code("The issuer's list carries a note about it.", "Ask the issuer."),
    "status.refresh": Code("The issuer has a newer version of it.", "Ask the holder for the newer one."),
    "status.unreachable": Code("The list of withdrawn badges could not be reached.", _TRY_AGAIN),
    "status.not_held": Code("The list of withdrawn badges was not looked at.", "Check it where there is a connection."),
    "status.unknown_type": Code("The list of withdrawn badges has a form not known here.", _ASK_ISSUER),
    "status.list_invalid": Code("The list of withdrawn badges cannot be relied on.", _ASK_ISSUER),
    "status.not_reached": Code("An earlier check decided.", _NOTHING),
}
_FURTHER = {
    "schema.none": Code("The credential names no schema.", _NOTHING),
    "schema.not_applied": Code("The named schema was not applied; our own list was.", _NOTHING),
    "schema.not_reached": Code("An earlier check decided.", _NOTHING),
    "recipient.match": Code("The e-mail address belongs to the holder.", _NOTHING),
    "recipient.no_match": Code("The e-mail address is not the holder's.", "Ask for the address used at the time."),
    "recipient.nothing_to_compare": Code("The credential names no e-mail address.", "Compare the name."),
    "recipient.not_asked": Code("No address was given to compare.", _NOTHING),
    "recipient.not_reached": Code("An earlier check decided.", _NOTHING),
    "endorsements.none": Code("The credential carries no endorsements.", _NOTHING),
    "endorsements.ok": Code("All endorsements hold.", _NOTHING),
    "endorsements.key_only": Code("All endorsements hold; who made one of them is not proven.", "Read its address."),
    "endorsements.some": Code("Some endorsements hold; the others do not count.", "Rely on those that are shown."),
    "endorsements.failed": Code("No endorsement holds, so none counts.", "Do not rely on them."),
    "endorsements.not_checked": Code("Endorsements are there, were not checked and are not shown.", _NOTHING),
    "endorsements.not_reached": Code("An earlier check decided.", _NOTHING),
    "log.none": Code("There is no transparency log to look in.", _NOTHING),
    "log.not_reached": Code("An earlier check decided.", _NOTHING),
}
_FETCH = {
    "fetch": Code("The link could not be followed.", _TRY_AGAIN),
    "fetch.address": Code("The link is no web address, or longer than 2,048 characters.", _ASK_HOLDER),
    "fetch.scheme": Code("The link is not https.", _PASTE),
    "fetch.userinfo": Code("The link carries a user name or password.", _PASTE),
    "fetch.port": Code("The link names a port other than 443.", _PASTE),
    "fetch.host": Code("The link does not name a host by a public domain name.", _PASTE),
    "fetch.own_host": Code("The link is one of this installation and is not fetched.", _NOTHING),
    "fetch.not_public": Code("The link leads to an address that is not on the public internet.", _PASTE),
    "fetch.unreachable": Code("The host has no address, refuses to answer, or breaks off.", _TRY_AGAIN),
    "fetch.timeout": Code("The host did not answer in time.", _TRY_AGAIN),
    "fetch.certificate": Code("The host cannot prove its name.", _ASK_SITE),
    "fetch.protocol": Code("The host's answer is not HTTP, or ends too early.", _ASK_SITE),
    "fetch.http_status": Code(
        "The host answers with a status other than 200.", "Ask the holder for a link that works."
    ),
    "fetch.redirect": Code("The host leads on too often, nowhere, or away from where keys must lie.", _ASK_SITE),
    "fetch.encoding": Code("The answer is compressed in a way that cannot be read.", _ASK_SITE),
    "fetch.too_large": Code("The answer is larger than 2 MiB.", _PASTE),
    "fetch.busy": Code(
        "Too many links, or this host too often, are being followed just now.", "Try again in a minute."
    ),
}
_ERRORS_ONLY = {
    "openbadges": Code("The document could not be processed.", _ISSUER_SIDE),
    "document.invalid": Code("A value must not be signed.", _ISSUER_SIDE),
    "encoding.invalid": Code("A text is not base58, base64url or multibase.", _ISSUER_SIDE),
    "time.invalid": Code("A text is not a date and time with a time zone.", _ISSUER_SIDE),
    "multibase.invalid": Code("A text is not multibase.", _ISSUER_SIDE),
    "key.invalid": Code("A key cannot be used.", _ISSUER_SIDE),
    "key.encoding": Code("A key is not written as one.", _ISSUER_SIDE),
    "key.length": Code("A key has a wrong length.", _ISSUER_SIDE),
    "key.off_curve": Code("A key is not a point of its curve.", _ISSUER_SIDE),
    "key.private": Code("A private key stands where a public one belongs.", "Replace that key at once."),
    "key.unsupported": Code("A key is of a kind that is not supported.", _ISSUER_SIDE),
    "key.weak": Code("A key is too weak.", _ISSUER_SIDE),
    "did.invalid": Code("A decentralised identifier is not written as one.", _ISSUER_SIDE),
    "did.unsupported_method": Code("A decentralised identifier is of a kind not supported.", _ISSUER_SIDE),
    "did.document_invalid": Code("A DID document cannot be read.", _ISSUER_SIDE),
    "status_list.invalid": Code("A status list cannot be read.", _ISSUER_SIDE),
    "status_list.encoding": Code("A status list is not encoded as one.", _ISSUER_SIDE),
    "status_list.too_large": Code("A status list is too large.", _ISSUER_SIDE),
    "status_list.too_short": Code("A status list has fewer than 131,072 entries.", _ISSUER_SIDE),
    "status_list.index": Code("An index lies outside its status list.", _ISSUER_SIDE),
    "receipt.type": Code("The token is something other than a receipt.", _RECEIPT),
    "receipt.claims": Code("The token does not say what a receipt says.", _RECEIPT),
    "receipt.issuer": Code("The receipt was signed by another installation.", "Check it where it was signed."),
    "receipt.key": Code("The installation does not list the key of the receipt.", "Do not rely on it."),
}

# Heading in docs/verification.md -> its codes.
GROUPS: Mapping[str, Mapping[str, Code]] = {
    "read: is there a credential": _READ,
    "structure: is it an Open Badge": _STRUCTURE,
    "proof: does the signature fit": _PROOF,
    "issuer: whose key is it": _ISSUER,
    "dates and status: does it hold now": _VALIDITY,
    "schema, recipient, endorsements, log": _FURTHER,
    "fetch: what became of links to other sites": _FETCH,
    "Errors that do not appear in reports by themselves": _ERRORS_ONLY,
}
CODES: Mapping[str, Code] = {code: words for group in GROUPS.values() for code, words in group.items()}
