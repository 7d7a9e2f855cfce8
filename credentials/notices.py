"""Telling holders what happened to their award: recorded with the change, sent afterwards, until a server accepts it.

A notice is a row of the outbox. It is `sent` only when the mail server has accepted it; until then it is tried again,
at growing intervals, for three days. A worker that dies between acceptance and our record of it sends once more: the
Message-ID stays the same, so that mail programs see one mail.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from credentials.codes import shown
from credentials.models import Award, Notice
from openbadges.headlines import long_date

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(hours=72)
# Longer than EMAIL_TIMEOUT: what another worker is just sending is not taken up.
_CLAIM = timedelta(minutes=5)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_AT_ONCE = 100
_MOST_EXPIRED = 500
# Whoever installs this after years must not mail everybody whose award ended long ago.
_EXPIRED_LATELY = timedelta(days=3)


def add(kind: Notice.Kind, award: Award, *, now: datetime, key: str = "") -> None:
    """Record a notice in the caller's transaction. key: what makes the event unique, if not its time."""
    Notice.objects.get_or_create(
        key=key or f"{kind}:{award.pk}:{now.isoformat()}",
        defaults={"kind": kind, "award": award, "next_try_at": now, "created_at": now},
    )


def add_all(kind: Notice.Kind, awards: Iterable[Award], *, now: datetime) -> None:
    """Record a notice for each of these new awards in the caller's transaction."""
    Notice.objects.bulk_create(
        Notice(key=f"{kind}:{award.pk}:{now.isoformat()}", kind=kind, award=award, next_try_at=now, created_at=now)
        for award in awards
    )


def add_expired(*, now: datetime) -> int:
    """Record a notice for each award that has ended since it was last looked; return how many awards were looked at.

    That an award has expired follows from its dates; nothing of it changes.
    """
    ended = (
        Award.objects.filter(
            state=Award.State.ISSUED, valid_until__lte=now, valid_until__gt=now - _EXPIRED_LATELY, erased_at=None
        )
        .exclude(notices__kind=Notice.Kind.EXPIRED)
        .order_by("valid_until")
        .only("pk", "valid_until")[:_MOST_EXPIRED]
    )
    for award in ended:
        with transaction.atomic():
            add(Notice.Kind.EXPIRED, award, now=now, key=f"expired:{award.pk}:{award.valid_until}")
    return len(ended)


def send_due(*, now: datetime) -> int:
    """Try the notices that are due, some at a time; return how many were accepted."""
    due = (
        Notice.objects.filter(state=Notice.State.WAITING, next_try_at__lte=now)
        # Its link would lead nowhere until a worker has signed it.
        .exclude(award__state=Award.State.RESERVED)
        .order_by("next_try_at")
    )
    return sum(
        _send(notice_id, now=max(now, timezone.now()))
        for notice_id in list(due.values_list("pk", flat=True)[:_AT_ONCE])
    )


def _send(notice_id: int, *, now: datetime) -> bool:
    notice = _claim(notice_id, now=now)
    if notice is None:
        return False
    if notice.award.erased_at is not None:
        _drop(notice, "The award was erased.")
        return False
    try:
        accepted = _message(notice).send()
    except SMTPRecipientsRefused as error:
        if all(500 <= code < 600 for code, _ in error.recipients.values()):
            _drop(notice, "The mail server refuses this address for good.")
        else:
            _try_later(notice, "The mail server does not take this address now.", now=now)
        return False
    except (SMTPException, OSError) as error:
        # The error may quote the address; its kind says enough.
        _try_later(notice, f"The mail could not be handed over ({type(error).__name__}).", now=now)
        return False
    if not accepted:
        _try_later(notice, "The mail server did not accept it.", now=now)
        return False
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT, sent_at=now, problem="")
    return True


@transaction.atomic
def _claim(notice_id: int, *, now: datetime) -> Notice | None:
    """Take a notice for this worker alone, for as long as sending can last."""
    taken = Notice.objects.filter(pk=notice_id, state=Notice.State.WAITING, next_try_at__lte=now)
    if not taken.update(next_try_at=now + _CLAIM):
        return None
    return (
        Notice.objects.select_related("award__issuer", "award__achievement_version", "award__replaced_by")
        .defer("award__document", "award__achievement_version__image_svg", "award__achievement_version__image_png")
        .get(pk=notice_id)
    )


def _try_later(notice: Notice, problem: str, *, now: datetime) -> None:
    if now - notice.created_at > GIVE_UP_AFTER:
        _drop(notice, f"{problem} Given up after 72 hours.")
        return
    pause = min(_FIRST_PAUSE * 2**notice.attempts, _LONGEST_PAUSE)
    log.warning("Notice %s waits for %s: %s", notice.pk, pause, problem)
    Notice.objects.filter(pk=notice.pk).update(attempts=notice.attempts + 1, next_try_at=now + pause, problem=problem)


def _drop(notice: Notice, problem: str) -> None:
    log.warning("Notice %s is not sent: %s", notice.pk, problem)
    Notice.objects.filter(pk=notice.pk).update(
        state=Notice.State.DROPPED, attempts=notice.attempts + 1, problem=problem
    )


def _message(notice: Notice) -> EmailMessage:
    award = notice.award
    subject, sentences = _WORDS[Notice.Kind(notice.kind)]
    facts = {
        "name": award.recipient_name,
        "badge": award.achievement_version.name,
        "issuer": award.issuer.name,
        "url": award.address,
        "code": shown(award.code),
        "note": f"The issuer says: {award.public_reason}\n" if award.public_reason else "",
        "end": long_date(award.valid_until) if award.valid_until else "",
    }
    body = f"{_GREETING}{sentences}{_CLOSING}".format(**facts)
    host = urlsplit(settings.PUBLIC_URL).hostname
    return EmailMessage(
        # A name may hold what a header may not.
        subject=" ".join(subject.format(**facts).split()),
        body=body,
        to=[award.recipient_email],
        headers={"Message-ID": f"<{notice.public_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )


_GREETING = "Hello {name},\n\n"
_CLOSING = "\n{url}\nCode: {code}\n\nQuestions about this badge are answered by {issuer}.\n"
_WORDS: Mapping[Notice.Kind, tuple[str, str]] = {
    Notice.Kind.SUSPENDED: (
        "Your badge “{badge}” is suspended",
        "{issuer} has suspended your badge “{badge}”. Until that is lifted, whoever checks it is told so.\n{note}",
    ),
    Notice.Kind.REINSTATED: (
        "Your badge “{badge}” is valid again",
        "{issuer} has lifted the suspension of your badge “{badge}”. Please download it again: files from before"
        " are no longer accepted.\n",
    ),
    Notice.Kind.REVOKED: (
        "Your badge “{badge}” was revoked",
        "{issuer} has revoked your badge “{badge}”. Whoever checks it is told so.\n{note}",
    ),
    Notice.Kind.CORRECTED: (
        "Your badge “{badge}” was corrected",
        "{issuer} has corrected your badge “{badge}”. Please use the new one; the old link leads to it.\n",
    ),
    Notice.Kind.RENEWED: (
        "Your badge “{badge}” was renewed",
        "{issuer} has renewed your badge “{badge}”. Please use the new one; the old link leads to it.\n",
    ),
    Notice.Kind.EXPIRED: (
        "Your badge “{badge}” has expired",
        "Your badge “{badge}” from {issuer} ended on {end}. Whoever checks it is told so.\n",
    ),
}
