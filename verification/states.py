"""How each state of a verdict looks and what a reader can do about it (PRODUCT 2d; look/README, Verdict palette)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from openbadges.report import CheckId, Result, State

Kind = Literal["valid", "warn", "bad", "unknown", "info", "none"]


@dataclass(frozen=True, slots=True)
class StateLook:
    """`kind` is the colour and shape, `icon` the symbol in icons.svg, `word` a tag or the start of a page title."""

    kind: Kind
    icon: str
    word: str


LOOKS: Mapping[State, StateLook] = {
    "valid": StateLook("valid", "v-valid", "Valid"),
    "not_yet_valid": StateLook("info", "v-clock", "Not valid yet"),
    "unclaimed": StateLook("none", "v-mail", "Not yet claimed"),
    "suspended": StateLook("warn", "v-pause", "Suspended"),
    "expired": StateLook("warn", "v-hourglass", "Expired"),
    "superseded": StateLook("warn", "v-arrow", "Replaced"),
    "revoked": StateLook("bad", "v-bad", "Revoked"),
    "altered": StateLook("bad", "v-altered", "Content was changed"),
    "not_accepted": StateLook("bad", "v-notbadge", "Not a valid badge"),
    "issuer_unproven": StateLook("unknown", "v-unknown", "Issuer not proven"),
    "unreachable": StateLook("unknown", "v-plug", "Could not reach the issuer"),
    "not_checked": StateLook("unknown", "v-dash", "Could not be checked"),
    "private": StateLook("none", "v-lock", "Private"),
    "not_found": StateLook("none", "v-search", "Not found"),
    "erased": StateLook("none", "v-bin", "No longer available"),
    "unreadable": StateLook("none", "v-file", "No badge found"),
}
# A valid signature whose issuer is a bare key: decided, yet nobody is named.
KEY_ONLY = StateLook("none", "v-key", "Valid signature")

_ASK_FOR_LINK = (
    "Ask the candidate for the original link, not a saved picture.",
    "Or ask for the code under the badge.",
    "Check that one here.",
)
_OPEN_YOURSELF = (
    "Open the link yourself. Copy the badge’s text there, or save its file: PNG, SVG, JSON or JWT.",
    "Then paste the text or choose the file here.",
)
ADVICE: Mapping[State, tuple[str, ...]] = {
    "altered": _ASK_FOR_LINK,
    "not_accepted": (
        "Ask the issuer for a correct badge.",
        "Until then, treat this one as a text that somebody signed, not as a credential.",
    ),
    "unreadable": (
        "Ask for the link or the code: phones and messengers often remove badge data when they save a picture.",
        "Or send the file itself: PNG, SVG, JSON or JWT, up to 5 MB.",
    ),
    "issuer_unproven": (
        "Ask the organisation by an address that you find yourself, not one in the badge.",
        "Are you the issuer? List your key at your domain and check again.",
    ),
    "revoked": ("Ask the candidate whether a corrected badge was issued.", "Ask the issuer about this award."),
    "superseded": ("Check the newer credential instead.",),
    "suspended": ("Ask the issuer. It may become valid again.",),
    "expired": ("Ask the candidate whether it was renewed.",),
    "not_yet_valid": ("Check again when it starts.",),
    "unreachable": ("Try again in a few minutes.", "Or ask the issuer."),
    "not_checked": ("Check it at the issuer’s own site, at an address that you find yourself.", "Or ask the issuer."),
    "unclaimed": ("Ask the holder to accept the badge, then check again.",),
    "private": ("Ask the holder for a new link.",),
    "not_found": ("Compare the link or code letter by letter.", "Ask the holder for the full link."),
    "erased": ("Ask the holder for the signed file. It can still be checked here.",),
    "valid": (),
}
_PRESENT_FORM = (
    "Ask for the badge in the present form: Open Badges 3.0 over the data model 2.0.",
    "Or check it at the issuer’s own site, at an address that you find yourself.",
)
# Where the deciding check says more than the state.
ADVICE_BY_CODE: Mapping[tuple[State, str], tuple[str, ...]] = {
    ("unreachable", "read.no_badge_there"): (
        "Look on that page for a way to download the badge, or for its own link.",
        "Then paste the text here, or choose the file.",
    ),
    ("not_checked", "read.not_followed"): _OPEN_YOURSELF,
    ("not_checked", "read.refused"): _OPEN_YOURSELF,
    ("not_checked", "structure.older_badge"): _PRESENT_FORM,
    ("not_checked", "structure.vcdm_1_1"): _PRESENT_FORM,
    ("not_accepted", "proof.missing"): (
        "Ask the candidate for the badge as it was given out: its link, its code or its file.",
        "Until then, treat this one as a text that anybody may have written.",
    ),
}
WHY_SKIPPED: Mapping[State, str] = {
    "altered": "Not judged: they rest on a text that was changed.",
    "unreadable": "Not judged: there is no badge to check.",
}

RESULT_LOOKS: Mapping[Result, StateLook] = {
    "passed": StateLook("valid", "v-valid", "Passed"),
    "failed": StateLook("bad", "v-bad", "Failed"),
    "unknown": StateLook("unknown", "v-unknown", "Unknown"),
    "warning": StateLook("warn", "v-warn", "Note"),
    "skipped": StateLook("unknown", "v-dash", "Skipped"),
}
CHECK_NAMES: Mapping[CheckId, str] = {
    "read": "reading",
    "structure": "structure",
    "proof": "signature",
    "issuer": "issuer",
    "dates": "dates",
    "status": "status",
    "schema": "schema",
    "recipient": "holder",
    "endorsements": "endorsements",
    "log": "transparency log",
}
# What a check found, by how it ended: passed, failed, unknown, warning.
CHECK_TITLES: Mapping[CheckId, tuple[str, str, str, str]] = {
    "read": ("Readable badge", "No badge found", "Not read", "Readable badge"),
    "structure": ("Complete badge", "Parts are missing or wrong", "Structure not checked", "Complete, with a remark"),
    "proof": ("Signature fits", "Signature not accepted", "Signature not checked", "Signature fits, with a remark"),
    "issuer": ("Issuer proven", "Issuer not proven", "Issuer unknown", "Issuer known by key only"),
    "dates": ("In date", "Not in date", "Dates not checked", "Dates, with a remark"),
    "status": ("Not revoked, not suspended", "Withdrawn or on hold", "Status unknown", "Status, with a remark"),
    "schema": ("Fits its own schema", "Does not fit its own schema", "Schema not checked", "Schema, with a remark"),
    "recipient": ("Belongs to this address", "Another address", "Holder not compared", "Holder, with a remark"),
    "endorsements": ("Endorsements hold", "An endorsement fails", "Endorsements unknown", "Endorsements, a remark"),
    "log": ("In the transparency log", "Not in the transparency log", "Log not reached", "Not in the log yet"),
}
_CHANGED = ("proof.invalid", "proof.malformed", "proof.not_as_recorded", "token.signature")
CHECK_TITLES_BY_CODE: Mapping[str, str] = {
    **dict.fromkeys(_CHANGED, "Signature does not fit"),
    "proof.missing": "Not signed",
    "proof.contexts": "Signature cannot be checked",
    "status.revoked": "Revoked",
    "status.suspended": "Suspended",
    "status.superseded": "Replaced",
    "status.older_copy": "Replaced",
    "issuer.name_unproven": "Issuer’s key proven, its name not",
    "issuer.name_imitates": "Issuer’s key proven, its name may imitate",
    "issuer.creator_differs": "Issuer proven, badge defined by another",
}
CHECK_MEANINGS: Mapping[CheckId, tuple[str, str]] = {
    # what passing means, what anything else means
    "read": (
        "The file or text carries badge data in a form that any verifier can read.",
        "We looked for a link, a code, a token, JSON, and badge data inside a picture.",
    ),
    "structure": (
        "Everything that the standard asks of a badge is there and well formed.",
        "A careful verifier refuses such a badge, even though somebody signed it.",
    ),
    "proof": (
        "One changed letter would break the signature.",
        "Only a signature that can be checked shows who wrote a badge, and that nobody changed it since.",
    ),
    "issuer": (
        "Whoever controls the issuer’s address controls the key. That is how we know it was them.",
        "Without that link the name in the badge is only a claim.",
    ),
    "dates": ("The issuer set both dates when signing.", "The dates in the badge are compared with the time now."),
    "status": (
        "An issuer can withdraw a badge at any time. We looked at its list, as it was at most five minutes ago.",
        "The issuer’s status list is the only place that says whether an award still stands.",
    ),
    "schema": (
        "The badge names a schema, and it keeps to it.",
        "The badge names a schema of its own. This says nothing about the signature.",
    ),
    "recipient": (
        "The fingerprint in the badge is that of the address you typed. We stored nothing.",
        "The fingerprint in the badge is not that of the address you typed. Ask for the other one.",
    ),
    "endorsements": (
        "Each endorsement is signed too, and each was checked.",
        "An endorsement is a signed statement of another organisation about this badge.",
    ),
    "log": (
        "The log makes silent changes visible.",
        "A short wait is normal and does not change the verdict.",
    ),
}
CHECK_MEANINGS_BY_CODE: Mapping[str, str] = {
    **dict.fromkeys(
        _CHANGED, "At least one word, date or name was changed after signing, or the signature is from another badge."
    ),
    **dict.fromkeys(
        ("structure.older_badge", "structure.vcdm_1_1", "structure.context_not_pinned"),
        "We know too little of this form to judge it. That says nothing against the badge.",
    ),
    "recipient.nothing_to_compare": "Compare the name instead.",
}
