"""The words of a verdict: one headline and one explanation for each state. Plain, no praise, no blame."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from openbadges.report import CredentialSummary, State

ACCEPTED_INPUTS = "Accepted: link, code, PNG, SVG, JSON, JWT."
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_HEADLINES: dict[State, str] = {
    "valid": "Valid credential",
    "not_yet_valid": "Not valid yet",
    "unclaimed": "Issued, not yet claimed",
    "suspended": "Suspended by the issuer",
    "expired": "Expired",
    "revoked": "Revoked by the issuer",
    "superseded": "Replaced by a newer credential",
    "altered": "Could not be confirmed: content was changed",
    "issuer_unproven": "Signature fits, issuer not proven",
    "private": "This credential is private",
    "not_found": "No credential with this link or code",
    "erased": "No longer available",
    "unreachable": "Could not reach the issuer",
    "not_accepted": "Signed, but not a valid badge",
    "unreadable": "No badge found in this",
    "not_checked": "Could not be checked here",
}
# Where the headline of the state would say something untrue: (state, code of the deciding check) -> headline.
_EXCEPTIONS: dict[tuple[State, str], str] = {
    ("valid", "issuer.key_only"): "Valid signature; issuer not identified",
    ("not_accepted", "proof.missing"): "Not signed, so not a valid badge",
    ("issuer_unproven", "proof.no_key"): "Signature not checked, issuer not proven",
}


@lru_cache(maxsize=1024)
def long_date(moment: datetime) -> str:
    """Write the UTC day in words: "22 November 2026"."""
    day = moment.astimezone(UTC)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def headline(state: State, *, codes: frozenset[str], when: datetime | None) -> str:
    """The headline of a state; `codes` of all checks, `when` the day of the change where one is known."""
    if when is not None and state in ("expired", "revoked"):
        return f"{'Expired' if state == 'expired' else 'Revoked'} on {long_date(when)}"
    exceptional = (words for (at, code), words in _EXCEPTIONS.items() if at == state and code in codes)
    return next(exceptional, _HEADLINES[state])


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an explanation may draw on. `message`: the sentence of the deciding check."""

    message: str = ""
    signature_fits: bool = False
    when: datetime | None = None
    credential: CredentialSummary | None = None
    public_reason: str = ""
    replaced_by: str | None = None
    link_detail: str = ""


def explanation(state: State, circumstances: Circumstances) -> str:
    """The sentence or two under the headline."""
    words = _EXPLANATIONS[state]
    return words if isinstance(words, str) else words(circumstances)


def _valid(at: Circumstances) -> str:
    said = at.credential
    if said is None:
        return ""
    issuer = said.issuer.name or said.issuer.claimed_name or said.issuer.id
    since = f", since {long_date(said.valid_from)}" if said.valid_from else ""
    end = f"Ends {long_date(said.valid_until)}." if said.valid_until else "No end date."
    return f'{said.recipient or "The holder"} holds "{said.name}" from {issuer}{since}. {end}'


def _expired(at: Circumstances) -> str:
    newer = f"A newer one: {at.replaced_by}" if at.replaced_by else "A newer one: none known."
    said = at.credential
    if said is None or said.valid_from is None or said.valid_until is None:
        return newer
    return f"It was valid from {long_date(said.valid_from)} to {long_date(said.valid_until)}. {newer}"


def _suspended(at: Circumstances) -> str:
    since = f"Since {long_date(at.when)}. " if at.when else ""
    return f"{since}It may become valid again. Ask the issuer."


def _revoked(at: Circumstances) -> str:
    reason = f"Reason given by issuer: {at.public_reason}. " if at.public_reason else ""
    return f"{reason}Do not rely on it."


def _not_found(at: Circumstances) -> str:
    asked = f": {at.link_detail}" if at.link_detail else ""
    return f"Check for a missing character{asked}. Ask the holder for the full link."


def _erased(at: Circumstances) -> str:
    day = f" on {at.link_detail}" if at.link_detail else ""
    return f"It was removed at the holder's request{day}. This says nothing about validity."


def _signature(at: Circumstances) -> str:
    return f"The signature: {'ok' if at.signature_fits else 'not checked'}."


_EXPLANATIONS: dict[State, str | Callable[[Circumstances], str]] = {
    "valid": _valid,
    "not_yet_valid": lambda at: f"Starts on {long_date(at.when)}." if at.when else "",
    "unclaimed": "The holder has not accepted it, so no personal details are shown.",
    "suspended": _suspended,
    "expired": _expired,
    "revoked": _revoked,
    "superseded": lambda at: (
        f"The newer one: {at.replaced_by}" if at.replaced_by else "Ask the holder for the newer one."
    ),
    "altered": "The signature does not match. Ask the holder for the original link.",
    "issuer_unproven": lambda at: at.message,
    "private": "The holder must share a new link.",
    "not_found": _not_found,
    "erased": _erased,
    "unreachable": lambda at: f"{at.message} {_signature(at)} Current state: unknown. Try again.",
    "not_accepted": lambda at: f"{at.message} Ask the issuer for a correct one.",
    "unreadable": lambda at: f"{at.message} {ACCEPTED_INPUTS}",
    "not_checked": lambda at: f"{at.message} {_signature(at)}",
}
