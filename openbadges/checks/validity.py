"""Does the credential hold now: its dates, and what its issuer has said about it since."""

from datetime import UTC, datetime

from openbadges.checks.finding import Finding, finding
from openbadges.facts import Evidence, RecordFact, StatusFact
from openbadges.headlines import long_date
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.report import State
from openbadges.shapes import as_list
from openbadges.times import TimeInvalid, parse_time

_UNKNOWN: dict[str, tuple[State, str]] = {
    "status.unreachable": ("unreachable", "The issuer's list of withdrawn badges could not be reached."),
    "status.not_held": ("not_checked", "The issuer's list of withdrawn badges was not looked at."),
    "status.unknown_type": ("not_checked", "The issuer publishes its list in a form that is not known here."),
    "status.list_invalid": ("not_checked", "The issuer's list of withdrawn badges cannot be relied on."),
}
_REFUSING = frozenset(("revocation", "suspension"))
_LONGEST_SHOWN = 200


def validity(document: JsonObject, token: Token | None) -> tuple[datetime | None, datetime | None]:
    """From when until when; None where the document does not say. A token's `exp` counts where it ends earlier."""
    ends = [_time(document.get("validUntil")), _expiry(token)]
    return _time(document.get("validFrom")), min((end for end in ends if end is not None), default=None)


def _expiry(token: Token | None) -> datetime | None:
    seconds = None if token is None else token.payload.get("exp")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _time(text: JsonValue) -> datetime | None:
    try:
        return parse_time(text)
    except TimeInvalid:
        return None


def weigh_dates(document: JsonObject, token: Token | None, now: datetime) -> Finding:
    """Valid from the first second on, and no longer in the last: an end is the moment when validity stops."""
    start, end = validity(document, token)
    if end is not None and end <= now:
        return finding("dates", "failed", "dates.expired", f"It ended on {long_date(end)}.", state="expired", when=end)
    if start is None:
        return finding("dates", "unknown", "dates.missing", "The document does not say from when it is valid.")
    if start > now:
        message = f"It starts on {long_date(start)}."
        return finding("dates", "failed", "dates.not_yet_valid", message, state="not_yet_valid", when=start)
    until = f" and ends on {long_date(end)}" if end is not None else " and has no end date"
    return finding("dates", "passed", "dates.ok", f"It is valid since {long_date(start)}{until}.")


def weigh_status(evidence: Evidence, document: JsonObject) -> Finding:
    """Our own record is the truth for our own awards; for others it is the list that the document names."""
    if evidence.record is not None and evidence.issuer is not None and evidence.issuer.own:
        return _weigh_record(evidence.record, evidence.status)
    listed = weigh_listed_status(evidence.status, document)
    if listed is not None:
        return listed
    return finding("status", "skipped", "status.none", "The issuer publishes no list of withdrawn badges for it.")


def weigh_listed_status(fact: StatusFact | None, document: JsonObject) -> Finding | None:
    """What the lists that a document names say of it; None where it names none."""
    entries = as_list(document.get("credentialStatus"))
    return _weigh_fact(fact, len(entries)) if entries else None


def _weigh_fact(fact: StatusFact | None, entries: int) -> Finding:
    """The worst that is known counts, also where not every list was looked at."""
    if fact is None or (fact.entries < entries and not (fact.value and fact.purpose in _REFUSING)):
        return _status_unknown("status.not_held")
    if fact.value is None:
        return _status_unknown(fact.code)
    return _weigh_value(fact)


def _weigh_record(record: RecordFact, status: StatusFact | None) -> Finding:
    since = f" on {long_date(record.since)}" if record.since is not None else ""
    if record.state == "revoked":
        message = f"The issuer revoked it{since}."
        return finding("status", "failed", "status.revoked", message, state="revoked", when=record.since)
    if record.state == "superseded":
        message = f"The issuer replaced it by a newer credential{since}."
        return finding("status", "failed", "status.superseded", message, state="superseded", when=record.since)
    if record.state == "suspended":
        message = f"The issuer suspended it{since}."
        return finding("status", "failed", "status.suspended", message, state="suspended", when=record.since)
    if status is not None and status.value:
        # A set bit is never cleared: reinstating an award issues a new document under a new index.
        message = "This is an older copy; the issuer has given out a newer one of the same award."
        return finding("status", "failed", "status.older_copy", message, state="superseded")
    return finding("status", "passed", "status.ok", "The issuer has neither revoked nor suspended it.")


def _status_unknown(code: str) -> Finding:
    known = code if code in _UNKNOWN else "status.not_held"
    state, message = _UNKNOWN[known]
    return finding("status", "unknown", known, message, state=state)


def _weigh_value(fact: StatusFact) -> Finding:
    if not fact.value:
        return finding("status", "passed", "status.ok", "The issuer has neither revoked nor suspended it.")
    said = f" The issuer says: {shown}" if (shown := _shown(fact.message)) else ""
    if fact.purpose == "revocation":
        return finding("status", "failed", "status.revoked", f"The issuer revoked it.{said}", state="revoked")
    if fact.purpose == "suspension":
        return finding("status", "failed", "status.suspended", f"The issuer suspended it.{said}", state="suspended")
    if fact.purpose == "refresh":
        return finding("status", "warning", "status.refresh", f"The issuer has a newer version of it.{said}")
    return finding("status", "warning", "status.message", f"The issuer's list carries a note about it.{said}")


def _shown(text: str) -> str:
    """A text of the issuer's as it may stand in a message: one line, short, nothing invisible."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[:_LONGEST_SHOWN]}…"
