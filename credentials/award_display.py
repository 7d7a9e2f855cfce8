"""What the dashboard shows of single awards and of the audit log: typed view-models. Times are aware, in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.urls import reverse

from credentials.codes import shown
from credentials.display import Kind
from credentials.errors import IssuingError
from credentials.life import LifeError, Reason
from credentials.models import Award, Notice
from issuers.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Look:
    """A state in a word, with its colour and the symbol in icons.svg."""

    word: str
    kind: Kind
    icon: str


_LOOKS: Mapping[str, Look] = {
    "reserved": Look("Being signed", "info", "v-clock"),
    "valid": Look("In force", "valid", "v-valid"),
    "not_yet_valid": Look("Not valid yet", "info", "v-clock"),
    "expired": Look("Expired", "warn", "v-hourglass"),
    "suspended": Look("Suspended", "warn", "v-pause"),
    "reinstating": Look("Being reinstated", "info", "v-clock"),
    "revoked": Look("Revoked", "bad", "v-bad"),
    "superseded": Look("Replaced", "warn", "v-arrow"),
    "abandoned": Look("Never issued", "none", "v-bin"),
}
_EXPLANATIONS: Mapping[str, str] = {
    "reserved": "A worker signs it in a moment. Its link leads nowhere until then.",
    "suspended": "Every verifier refuses it until it is reinstated.",
    "reinstating": "A worker signs its new document in a moment. Until then it stays suspended.",
    "revoked": "Every verifier refuses it. That is final.",
    "superseded": "A newer one has taken its place. Its link leads there.",
    "expired": "Its time is over. It can be renewed.",
    "abandoned": "The row of its file failed while it was issued. Nobody holds it, and its link leads nowhere.",
}
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "valid": ("suspend", "revoke", "correct", "renew"),
    "not_yet_valid": ("suspend", "revoke", "correct"),
    "expired": ("renew", "correct", "revoke"),
    "suspended": ("reinstate", "revoke"),
    "reinstating": ("suspend", "revoke"),
}
ACTION_WORDS: Mapping[str, str] = {
    "suspend": "Suspend",
    "reinstate": "Reinstate",
    "revoke": "Revoke",
    "correct": "Correct",
    "renew": "Renew",
}
_DONE: Mapping[str, str] = {
    "award.suspended": "Suspended",
    "award.reinstatement_asked": "Reinstatement asked for",
    "award.reinstated": "Reinstated",
    "award.revoked": "Revoked",
    "award.corrected": "Corrected: replaced by a newer one",
    "award.renewed": "Renewed: replaced by a newer one",
    "award.reserved": "Made in the place of an older one",
    "award.issued": "Signed",
    "batch.uploaded": "File uploaded",
    "batch.check_asked": "Check of the file asked for",
    "batch.checked": "File checked",
    "batch.started": "Batch started",
    "batch.undone": "Start of the batch taken back",
    "batch.begun": "Batch begun",
    "batch.paused": "Batch paused",
    "batch.resumed": "Batch resumed",
    "batch.cancelled": "Batch cancelled",
    "batch.retried": "Failed rows tried again",
    "batch.recall_asked": "Batch recalled",
    "awards.issued": "Awards signed",
    "awards.renewed": "Awards renewed",
    "awards.corrected": "Awards corrected",
    "awards.abandoned": "Reservations of failed rows given up",
    "issuer.created": "Issuer set up",
    "issuer.changed": "Issuer profile changed",
    "keys.rotated": "Signing keys rotated",
    "member.added": "Member added or given another role",
    "member.removed": "Member removed",
    "audit.exported": "Audit log taken away",
}
_WHY_REFUSED: Mapping[str, str] = {
    "not_permitted": "No right to do that",
    **{error.code: error.title for error in LifeError.__subclasses__()},
    **{error.code: error.title for error in IssuingError.__subclasses__()},
}
_REFUSED: Mapping[str, str] = {
    "award.suspended": "Suspending",
    "award.reinstated": "Reinstating",
    "award.revoked": "Revoking",
    "award.corrected": "Correcting",
    "award.renewed": "Renewing",
    "batch.uploaded": "Uploading a file",
    "batch.checked": "Having a file checked",
    "batch.started": "Starting",
    "batch.undone": "Taking back the start",
    "batch.begun": "Beginning early",
    "batch.paused": "Pausing",
    "batch.resumed": "Resuming",
    "batch.cancelled": "Cancelling",
    "batch.retried": "Trying failed rows again",
    "batch.recall_asked": "Recalling",
}


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award in a list; `url` is its page in the dashboard."""

    name: str
    email: str
    code: str
    external_id: str
    awarded_at: datetime
    look: Look
    url: str


@dataclass(frozen=True, slots=True)
class Action:
    """Something that can be done with the award now."""

    verb: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history. `detail` is a reason or why it was refused; `object_url` leads to what it was done to."""

    at: datetime
    words: str
    actor: str
    is_refused: bool = False
    detail: str = ""
    position: int | None = None
    object_words: str = ""
    object_url: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """A notice to the holder and how far it is."""

    at: datetime
    words: str
    look: Look
    problem: str = ""


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award as its issuer sees it."""

    line: AwardLine
    achievement_name: str
    achievement_url: str
    explanation: str
    since: datetime
    public_note: str
    valid_from: datetime
    valid_until: datetime | None
    page_url: str
    newer_url: str
    older_url: str
    actions: tuple[Action, ...]
    events: tuple[Event, ...]
    mails: tuple[Mail, ...]


def state_of(award: Award, *, now: datetime, is_reinstating: bool = False) -> str:
    """The state by record and dates: a key of the looks."""
    if award.state == Award.State.SUSPENDED and is_reinstating:
        return "reinstating"
    if award.state != Award.State.ISSUED:
        return award.state
    if award.valid_until is not None and award.valid_until <= now:
        return "expired"
    return "not_yet_valid" if award.valid_from > now else "valid"


def award_line(award: Award, *, now: datetime, is_reinstating: bool = False) -> AwardLine:
    return AwardLine(
        name=award.recipient_name,
        email=award.recipient_email,
        code=shown(award.code),
        external_id=award.external_id,
        awarded_at=award.awarded_at,
        look=_LOOKS[state_of(award, now=now, is_reinstating=is_reinstating)],
        url=_page_of(award),
    )


def award_view(
    award: Award, *, entries: Sequence[AuditEntry], notices: Iterable[Notice], is_reinstating: bool, now: datetime
) -> AwardView:
    """The page of an award. entries: of the audit log, newest first."""
    state = state_of(award, now=now, is_reinstating=is_reinstating)
    achievement = award.achievement_version.achievement
    older = award.replaces.order_by("pk").first()
    return AwardView(
        line=award_line(award, now=now, is_reinstating=is_reinstating),
        achievement_name=award.achievement_version.name,
        achievement_url=reverse("dashboard_awards", args=[achievement.public_id]),
        explanation=_EXPLANATIONS.get(state, ""),
        since=award.state_since,
        public_note=award.public_reason,
        valid_from=award.valid_from,
        valid_until=award.valid_until,
        page_url=reverse("credential", args=[award.public_id]) if award.issued_at else "",
        newer_url=_page_of(award.replaced_by) if award.replaced_by else "",
        older_url=_page_of(older) if older else "",
        actions=tuple(_action(award, verb) for verb in _ACTIONS.get(state, ())),
        events=(*events(entries), *_given(award)),
        mails=tuple(_mail(notice) for notice in notices),
    )


def events(entries: Sequence[AuditEntry]) -> tuple[Event, ...]:
    """Entries of the audit log in words. The log holds ids; who they are is looked up now."""
    people = {entry.actor_id for entry in entries if entry.actor_kind == "user" and entry.actor_id.isdigit()}
    names = {str(user.pk): str(user) for user in get_user_model().objects.filter(pk__in=people)}
    return tuple(_event(entry, names) for entry in entries)


def _event(entry: AuditEntry, names: Mapping[str, str]) -> Event:
    is_refused = entry.result == AuditEntry.Result.REFUSED
    words = _DONE.get(entry.action, entry.action)
    if is_refused:
        words = f"{_REFUSED.get(entry.action, entry.action)} was refused"
    is_award = entry.object_kind == "award"
    return Event(
        at=entry.at,
        words=words,
        actor=names.get(entry.actor_id, "Somebody") if entry.actor_kind == "user" else entry.actor_words,
        is_refused=is_refused,
        detail=_WHY_REFUSED.get(entry.code, entry.code)
        if is_refused
        else _reason(str(entry.details.get("reason", ""))),
        position=entry.position,
        object_words={"award": "the award", "batch": "the batch"}.get(entry.object_kind, ""),
        object_url=reverse("dashboard_award_page" if is_award else "dashboard_batch", args=[entry.object_id])
        if entry.object_kind in ("award", "batch")
        else "",
    )


def _reason(code: str) -> str:
    return str(Reason(code).label) if code in Reason.values else code


def _given(award: Award) -> tuple[Event, ...]:
    """How it began, where it came with a batch: the log has one entry for all awards of a chunk."""
    if award.batch is None or award.issued_at is None:
        return ()
    return (
        Event(
            award.created_at,
            "Awarded",
            "",
            detail=award.batch.file_name,
            object_words="the batch",
            object_url=reverse("dashboard_batch", args=[award.batch.public_id]),
        ),
    )


def _mail(notice: Notice) -> Mail:
    looks = {
        Notice.State.WAITING: Look("Waiting", "info", "v-clock"),
        Notice.State.SENT: Look("Sent", "valid", "v-valid"),
        Notice.State.DROPPED: Look("Not sent", "bad", "v-bad"),
    }
    look = looks[Notice.State(notice.state)]
    return Mail(notice.sent_at or notice.created_at, notice.get_kind_display(), look, notice.problem)


def _action(award: Award, verb: str) -> Action:
    return Action(verb, ACTION_WORDS[verb], reverse("dashboard_award_change", args=[award.public_id, verb]))


def _page_of(award: Award) -> str:
    return reverse("dashboard_award_page", args=[award.public_id])
