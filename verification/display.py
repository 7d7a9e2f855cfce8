"""Turns a Report into what the verdict page shows: a typed view-model, so that templates only lay out.

A report without a verified document shows no claim of it (DESIGN 5). Times are aware, in UTC.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from openbadges.facts import AwardState
from openbadges.json_types import JsonObject
from openbadges.names import imitation, visible
from openbadges.report import Check, EndorsementSummary, IssuerSummary, Report, State
from verification.claims import Claims, Fact, Link, Skill, form_words, member, members, read_claims, text, web_address
from verification.own import host_of
from verification.scale import When, when_view
from verification.states import (
    ADVICE,
    ADVICE_BY_CODE,
    CHECK_MEANINGS,
    CHECK_MEANINGS_BY_CODE,
    CHECK_NAMES,
    CHECK_TITLES,
    CHECK_TITLES_BY_CODE,
    KEY_ONLY,
    LOOKS,
    RESULT_LOOKS,
    WHY_SKIPPED,
    Kind,
    StateLook,
)
from verification.wording import clock, day

FIRST_OUTCOMES = 3
FIRST_SKILLS = 3
LONGEST_INPUT_SHOWN = 200
LONGEST_DOCUMENT_SHOWN = 40_000
Layout = Literal["holder", "claimed", "reasons"]
_NOT_CLAIMED: frozenset[State] = frozenset(("issuer_unproven", "not_accepted"))
_NO_LONGER: frozenset[State] = frozenset(("revoked", "superseded", "suspended", "expired"))
_FORMATS = {
    "ob3-di": "Open Badges 3.0, signed JSON",
    "ob3-jwt": "Open Badges 3.0, token (VC-JWT)",
    "ob2-hosted": "Open Badges 2.0, hosted",
    "ob2-signed": "Open Badges 2.0, signed",
    "ob1": "Open Badges 1.x",
    "vc": "Verifiable credential",
}


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """What this installation's database adds about one of its own awards. Addresses are paths, but `page_url`.

    `page_url`: the absolute public address. `image_url`: badge picture on this host, SVG where possible.
    `since`, `public_reason`, `replaced_by`: of the present state. `issuer_is_approved`: the operator of this
    installation vouched for the issuer's name.
    """

    public_id: str
    code: str
    page_url: str
    image_url: str
    issuer_url: str
    achievement_url: str
    state: AwardState = "issued"
    since: datetime | None = None
    public_reason: str = ""
    replaced_by: str = ""
    is_sample: bool = False
    issuer_is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent. `again` is text that gives the same verdict when sent again, "" where only the file would."""

    kind: Literal["", "text", "link", "file"] = ""
    shown: str = ""
    again: str = ""
    size: int | None = None

    @classmethod
    def of_text(cls, given: str) -> "Asked":
        """From the text of the box or of `?url=`; long texts are shown by their start."""
        stripped = given.strip()
        shown = stripped[:LONGEST_INPUT_SHOWN] + ("…" if len(stripped) > LONGEST_INPUT_SHOWN else "")
        return cls("link" if web_address(stripped) else "text", shown, stripped)

    @classmethod
    def of_file(cls, name: str, size: int) -> "Asked":
        return cls("file", name[:LONGEST_INPUT_SHOWN], "", size)


@dataclass(frozen=True, slots=True)
class ForeignLink:
    """An address elsewhere that was given in a link: shown with a button, fetched only when asked (DESIGN 5)."""

    url: str
    host: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A credential that a newcomer can try the box with; `url` is its public address."""

    name: str
    holder: str
    code: str
    url: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One row of the check list; `meaning` holds the sentences behind "what this means"."""

    kind: Kind
    icon: str
    word: str
    title: str
    message: str
    meaning: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A small statement about the issuer with the icon of its kind."""

    kind: Kind
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class WhoSaysSo:
    """`name` is proven; `claimed` is only what the badge says, and shown as such where `name` is empty."""

    name: str
    claimed: str
    url: str
    country: str
    email: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class EndorsementLine:
    """An endorsement that holds: `name` is what the endorser calls itself, `marks` what is proven of it."""

    name: str
    comment: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that a reader should look at twice, though it changes no verdict."""

    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    words: str
    kind: Kind = "none"


@dataclass(frozen=True, slots=True)
class VerdictView:
    """Everything on a verdict page, in the order of PRODUCT 4a. `claims` is None where nothing may be shown.

    `site`: the host elsewhere that a link led to, where something was fetched from there, else "". `receipt`: the
    signed receipt of this verdict, "" where there is none.
    """

    state: State
    look: StateLook
    title: str
    headline: str
    explanation: str
    checked_at: datetime
    is_sample: bool
    layout: Layout
    claims: Claims | None
    held: str
    reason: str
    newer_url: str
    image_url: str
    outcomes: tuple[str, ...]
    more_outcomes: tuple[str, ...]
    skills: tuple[Skill, ...]
    more_skills: int
    who: WhoSaysSo | None
    cautions: tuple[Caution, ...]
    when: When | None
    events: tuple[Event, ...]
    facts: tuple[Fact, ...]
    evidence: tuple[Link, ...]
    endorsements: tuple[EndorsementLine, ...]
    advice: tuple[str, ...]
    checks: tuple[CheckLine, ...]
    technical: tuple[Fact, ...]
    document: str
    can_match: bool
    match: CheckLine | None
    page_path: str
    summary: str
    asked: Asked
    site: str = ""
    receipt: str = ""

    @property
    def can_try_again(self) -> bool:
        """Whether the same input may get another verdict later; a link that is not opened gets none."""
        may_change = self.state in ("unreachable", "issuer_unproven", "not_checked")
        return may_change and bool(self.asked.again) and (self.claims is not None or self.state == "unreachable")

    @property
    def signed_by(self) -> str:
        """The verification method that signed, as the technical proof names it."""
        return next((fact.value for fact in self.technical if fact.label == "Key"), "")


def verdict_view(
    report: Report, *, record: OwnRecord | None = None, asked: Asked | None = None, host: str = "", site: str = ""
) -> VerdictView:
    """Build the page of a report. `host` names this installation ("approved by …"), `site` a host that was asked."""
    claims = None if report.document is None else read_claims(report.document)
    layout = _layout(report, claims)
    look = KEY_ONLY if report.state == "valid" and _is_key_only(report) else LOOKS[report.state]
    shown = claims if layout == "holder" else None
    match = report.check("recipient")
    return VerdictView(
        state=report.state,
        look=look,
        title=_title(look, report, shown),
        headline=report.headline,
        explanation=_explanation(report, layout, record),
        checked_at=report.checked_at,
        is_sample=record is not None and record.is_sample,
        layout=layout,
        claims=claims,
        held="held" if report.state in _NO_LONGER else "will hold" if report.state == "not_yet_valid" else "holds",
        reason="" if record is None else visible(record.public_reason),
        newer_url="" if record is None else record.replaced_by,
        image_url=record.image_url if record is not None and shown is not None else "",
        outcomes=() if shown is None else shown.achievement.outcomes[:FIRST_OUTCOMES],
        more_outcomes=() if shown is None else shown.achievement.outcomes[FIRST_OUTCOMES:],
        skills=() if shown is None else shown.achievement.skills[:FIRST_SKILLS],
        more_skills=0 if shown is None else max(0, len(shown.achievement.skills) - FIRST_SKILLS),
        who=None if shown is None else _who(report, shown, record, host),
        cautions=() if claims is None else _cautions(report, claims),
        when=None if shown is None else when_view(shown, report.checked_at, is_valid=report.state == "valid"),
        events=() if shown is None else _events(report.state, shown, record),
        facts=() if shown is None else how_proven(shown),
        evidence=() if shown is None else shown.evidence,
        endorsements=() if shown is None else tuple(_endorsement(one, host) for one in report.endorsements),
        advice=_advice(report),
        checks=check_lines(report),
        technical=_technical(report, record),
        document=_printed(report.document),
        can_match=shown is not None and shown.has_email,
        match=None if match.result == "skipped" else _line(match, report.state),
        page_path=f"/c/{record.public_id}" if record is not None and shown is not None else "",
        summary=_summary(report, shown, record),
        asked=asked or Asked(),
        site=visible(site) if report.check("read").result == "passed" else "",
        receipt=report.receipt or "",
    )


def how_proven(claims: Claims) -> tuple[Fact, ...]:
    """Assessment, supervision, result, size, level and form, as far as the document states them."""
    stated = claims.achievement.elements
    size = " · ".join(part for part in (stated.get("workload", ""), claims.achievement.credits) if part)
    facts = [
        Fact("Assessment", stated.get("assessmentType", "")),
        Fact("Supervision", stated.get("supervision", "")),
        *claims.results,
        Fact("Size", size),
        Fact("Level", stated.get("EQFLevel") or stated.get("NQFLevel", "")),
        Fact("Form", form_words(stated)),
        Fact("Quality assurance", stated.get("qualityAssuranceType", "")),
    ]
    return tuple(fact for fact in facts if fact.value)


def check_lines(report: Report) -> tuple[CheckLine, ...]:
    """One line for each check that was made, then one for all that were not."""
    made = [_line(check, report.state) for check in report.checks if check.result != "skipped"]
    skipped = [check for check in report.checks if check.result == "skipped"]
    return (*made, _skipped_line(skipped, report)) if skipped else tuple(made)


def _line(check: Check, state: State) -> CheckLine:
    look = RESULT_LOOKS[check.result]
    if state == "issuer_unproven" and check.id == "issuer":
        look = LOOKS[state]  # nobody was shown to be an impostor: never the sign of what is false
    position = {"passed": 0, "failed": 1, "unknown": 2, "warning": 3}[check.result]
    title = CHECK_TITLES_BY_CODE.get(check.code, CHECK_TITLES[check.id][position])
    meaning = CHECK_MEANINGS_BY_CODE.get(check.code, CHECK_MEANINGS[check.id][0 if check.result == "passed" else 1])
    return CheckLine(look.kind, look.icon, look.word, title, visible(check.message), (meaning,))


def _advice(report: Report) -> tuple[str, ...]:
    by_code = (ADVICE_BY_CODE.get((report.state, check.code)) for check in report.checks)
    return next((advice for advice in by_code if advice), ADVICE[report.state])


def _skipped_line(checks: list[Check], report: Report) -> CheckLine:
    look = RESULT_LOOKS["skipped"]
    names = ", ".join(CHECK_NAMES[check.id] for check in checks)
    is_read = all(check.result != "unknown" for check in report.checks if check.id == "read")
    why = WHY_SKIPPED.get(report.state, "Not needed for this verdict." if is_read else "Not judged: nothing was read.")
    meanings = tuple(f"{CHECK_NAMES[check.id].capitalize()}: {visible(check.message)}" for check in checks)
    return CheckLine(look.kind, look.icon, look.word, names.capitalize(), why, meanings)


def _layout(report: Report, claims: Claims | None) -> Layout:
    if claims is None:
        return "reasons"
    return "claimed" if report.state in _NOT_CLAIMED else "holder"


def _explanation(report: Report, layout: Layout, record: OwnRecord | None) -> str:
    """The sentence under the headline, without what the page says again below it."""
    if layout != "holder":
        return visible(report.explanation)
    if report.state == "valid":
        return _of_key_only(report) if _is_key_only(report) else ""
    if report.state == "revoked" and record is not None and record.public_reason:
        return "Do not rely on it."
    if record is not None and record.replaced_by:
        return {"superseded": "", "expired": "Its time is over."}.get(report.state, visible(report.explanation))
    return visible(report.explanation)


def _of_key_only(report: Report) -> str:
    said = report.credential
    since = f"Unchanged since {day(said.valid_from)}, but nothing" if said and said.valid_from else "Nothing"
    calls = f" It calls itself “{visible(said.issuer.claimed_name)}”." if said and said.issuer.claimed_name else ""
    return f"{since} proves who stands behind this key.{calls}"


def _is_key_only(report: Report) -> bool:
    return report.check("issuer").code == "issuer.key_only"


def _title(look: StateLook, report: Report, claims: Claims | None) -> str:
    if claims is None:
        return report.headline
    return f"{look.word}: " + ", ".join(part for part in (claims.achievement.name, claims.holder) if part)


def _who(report: Report, claims: Claims, record: OwnRecord | None, host: str) -> WhoSaysSo:
    issuer = report.credential.issuer if report.credential else IssuerSummary(claims.issuer_id, None, None, ())
    return WhoSaysSo(
        name=visible(issuer.name or ""),
        claimed=visible(issuer.claimed_name or claims.issuer_name),
        url=record.issuer_url if record is not None else "",
        country=claims.issuer_country,
        email=claims.issuer_email if record is not None else "",
        marks=tuple(issuer_mark(proof, issuer, host) for proof in issuer.proven_by),
    )


def _endorsement(summary: EndorsementSummary, host: str) -> EndorsementLine:
    issuer = summary.issuer
    marks = tuple(issuer_mark(proof, issuer, host) for proof in issuer.proven_by)
    return EndorsementLine(
        visible(issuer.name or issuer.claimed_name or issuer.id), visible(summary.comment or ""), marks
    )


def issuer_mark(proof: str, issuer: IssuerSummary, host: str) -> Mark:
    passed, note = RESULT_LOOKS["passed"], LOOKS["private"]
    if proof == "did:web":
        listed_at = did_host(issuer.id)
        return Mark(passed.kind, passed.icon, "Key proven" if listed_at == host else f"Key listed at {listed_at}")
    if proof == "operator":
        return Mark(passed.kind, passed.icon, f"Approved by {host}" if host else "Approved by this service")
    if proof == "https":
        return Mark(passed.kind, passed.icon, f"Key listed at {visible(host_of(issuer.id))}")
    if proof in ("did:key", "did:jwk"):
        return Mark(note.kind, KEY_ONLY.icon, "Known by its key only")
    return Mark(passed.kind, passed.icon, visible(proof).capitalize())


def did_host(did: str) -> str:
    """The host of a did:web ("localhost:8000"); the text itself where it is none."""
    prefix, _, rest = did.partition("did:web:")
    return visible(rest.split(":")[0].replace("%3A", ":").replace("%3a", ":")) if not prefix and rest else visible(did)


def _cautions(report: Report, claims: Claims) -> tuple[Caution, ...]:
    """Who else is named as the author, and names that imitate others."""
    found = []
    summary = report.credential
    issuer = IssuerSummary(claims.issuer_id, None, None, ()) if summary is None else summary.issuer
    if claims.creator_id and claims.creator_id != issuer.id:
        author = claims.creator_name or claims.creator_id
        words = f"It says that it was defined by {author}, yet the signer is someone else."
        found.append(Caution("The badge names another author.", f"{words} Impostors do this; so do training partners."))
    names = () if summary is None else (summary.recipient, summary.name, issuer.claimed_name)
    for whose, name in zip(("holder", "badge", "issuer"), names, strict=False):
        disguise = imitation(name or "")
        if disguise:
            found.append(Caution("A name may not be what it looks like.", f"The name of the {whose} {disguise}."))
    return tuple(found)


def _events(state: State, claims: Claims, record: OwnRecord | None) -> tuple[Event, ...]:
    """Awarded, then what happened since; empty where the validity scale tells all."""
    words = {"revoked": "revoked", "suspended": "suspended", "superseded": "replaced"}.get(state)
    since = record.since if record is not None else None
    awarded = claims.awarded_at or claims.valid_from
    if words is None or since is None:
        return ()
    first = () if awarded is None else (Event(f"{day(awarded)}: awarded"),)
    return (*first, Event(f"{day(since)}: {words}", LOOKS[state].kind))


def _technical(report: Report, record: OwnRecord | None) -> tuple[Fact, ...]:
    document = report.document or {}
    status = member(document.get("credentialStatus"))
    proofs = [text(proof.get("cryptosuite")) or text(proof.get("type")) for proof in members(document.get("proof"))]
    methods = [text(proof.get("verificationMethod")) for proof in members(document.get("proof"))]
    entry = text(status.get("statusListIndex"))
    summary = report.credential
    facts = [
        Fact("Code", record.code if record is not None and document else "", True),
        Fact("Format", _FORMATS[summary.format] if summary else ""),
        Fact("Credential", text(document.get("id")), True),
        Fact("Proof", ", ".join(proofs), True),
        Fact("Issuer", visible(summary.issuer.id) if summary else "", True),
        Fact("Key", ", ".join(methods), True),
        Fact("Status list", text(status.get("statusListCredential")), True),
        Fact("Status entry", entry, True),
        Fact("Checked at", f"{day(report.checked_at)}, {report.checked_at:%H:%M:%S} UTC"),
        Fact("Results", ", ".join(check.code for check in report.checks), True),
    ]
    return tuple(fact for fact in facts if fact.value)


def _printed(document: JsonObject | None) -> str:
    """The document as indented JSON; "" where there is none or it is very long."""
    printed = "" if document is None else json.dumps(document, indent=2, ensure_ascii=False)
    return printed if len(printed) <= LONGEST_DOCUMENT_SHOWN else ""


def _summary(report: Report, claims: Claims | None, record: OwnRecord | None) -> str:
    """The verdict as a paragraph to paste into a file or mail."""
    parts = [f"{report.headline}, checked {day(report.checked_at)} at {clock(report.checked_at)}."]
    if claims is not None and report.credential is not None:
        issuer = report.credential.issuer
        by = issuer.name or f"not proven, calls itself {issuer.claimed_name or 'nothing'}"
        holder = claims.holder or "not named"
        parts.append(f"Holder: {holder}. Badge: {claims.achievement.name}. Issuer: {visible(by)}.")
        if claims.valid_from is not None:
            until = f"to {day(claims.valid_until)}" if claims.valid_until else "with no end date"
            parts.append(f"Dates: {day(claims.valid_from)} {until}.")
    if record is not None and claims is not None:
        parts.append(f"Code {record.code}, {record.page_url}")
    return " ".join(parts)
