"""The outbox: recorded with the change, sent until a server accepts it, once."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from credentials import notices
from credentials.life import correct, reinstate, renew, revoke, suspend
from credentials.life.completing import complete_award
from credentials.models import Award, Notice
from credentials.notices import add_expired, send_due
from issuers.audit import Actor
from tests.factories import make_award, make_issuer, make_version, person

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
NOW = timezone.now()
SOON = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def award() -> Award:
    return make_award()


@pytest.fixture
def notice(award: Award) -> Notice:
    suspend(award_id=award.pk, reason="other", public_note="Under review", actor=ACTOR, now=NOW)
    return award.notices.get()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Let the mail server answer so: a number of accepted mails, or an error."""

    def answers(answer: object) -> None:
        def send(self: EmailMessage, fail_silently: bool = False) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(EmailMessage, "send", send)

    return answers


def again(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def test_a_suspension_is_told_to_its_holder(award: Award, notice: Notice) -> None:
    assert send_due(now=SOON) == 1
    [message] = mail.outbox
    assert message.to == ["ada@example.org"]
    assert message.subject == "Your badge “Networks (SAMPLE)” is suspended"
    for words in ("Hello Ada Sample", "Sample Academy (SAMPLE) has suspended", "Under review", award.address):
        assert words in message.body
    sent = again(notice)
    assert sent.state == "sent" and sent.sent_at is not None


def test_nothing_is_sent_twice(notice: Notice) -> None:
    assert (send_due(now=SOON), send_due(now=SOON + timedelta(days=9))) == (1, 0)
    assert len(mail.outbox) == 1


def test_a_change_that_is_rolled_back_is_not_told(award: Award) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        suspend(award_id=award.pk, reason="other", actor=ACTOR, now=NOW)
        1 / 0  # noqa: B018
    assert not Notice.objects.exists()


def test_every_change_has_its_words(award: Award) -> None:
    suspend(award_id=award.pk, reason="other", actor=ACTOR, now=NOW)
    reinstate(award_id=award.pk, actor=ACTOR, now=SOON)
    complete_award(award_id=award.pk)
    new = correct(award_id=award.pk, values=person(name="New Sample"), actor=ACTOR, now=SOON)
    complete_award(award_id=new.pk)
    newest = renew(award_id=new.pk, actor=ACTOR, now=SOON)
    complete_award(award_id=newest.pk)
    revoke(award_id=newest.pk, reason="other", actor=ACTOR, now=SOON)
    assert send_due(now=SOON + timedelta(days=1)) == 5
    subjects = sorted(message.subject.partition("” ")[2] for message in mail.outbox)
    assert subjects == ["is suspended", "is valid again", "was corrected", "was renewed", "was revoked"]
    assert all("{" not in str(message.body) + message.subject for message in mail.outbox)


def test_the_holder_hears_of_a_new_award_when_its_link_leads_somewhere(award: Award) -> None:
    new = correct(award_id=award.pk, values=person(name="New Sample"), actor=ACTOR, now=NOW)
    assert send_due(now=SOON) == 0
    complete_award(award_id=new.pk)
    assert send_due(now=SOON) == 1
    assert new.address in mail.outbox[0].body


@pytest.mark.parametrize("answer", [SMTPServerDisconnected("gone"), ConnectionRefusedError(), TimeoutError(), 0, None])
def test_what_was_not_accepted_is_never_marked_as_sent(
    notice: Notice, server: Callable[[object], None], answer: object
) -> None:
    server(answer)
    assert send_due(now=SOON) == 0
    waiting = again(notice)
    assert (waiting.state, waiting.sent_at, waiting.attempts) == ("waiting", None, 1)
    assert waiting.problem and "example.org" not in waiting.problem
    server(1)
    assert send_due(now=SOON + timedelta(minutes=2)) == 1


def test_pauses_grow_and_end_after_three_days(notice: Notice, server: Callable[[object], None]) -> None:
    server(ConnectionRefusedError())
    Notice.objects.update(created_at=SOON)
    now, pauses = SOON, []
    while again(notice).state == "waiting":
        send_due(now=now)
        pauses.append(again(notice).next_try_at - now)
        now = again(notice).next_try_at
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(pauses) == timedelta(hours=6)
    assert timedelta(hours=72) < now - SOON < timedelta(hours=79)
    assert again(notice).state == "dropped"
    assert "Given up after 72 hours" in again(notice).problem


@pytest.mark.parametrize(("code", "state"), [(550, "dropped"), (450, "waiting")])
def test_an_address_that_is_refused_for_good_is_not_tried_again(
    notice: Notice, server: Callable[[object], None], code: int, state: str
) -> None:
    server(SMTPRecipientsRefused({"ada@example.org": (code, b"no such user")}))
    send_due(now=SOON)
    assert again(notice).state == state
    assert "example.org" not in again(notice).problem


def test_one_that_another_worker_sends_is_left_to_it(notice: Notice) -> None:
    assert notices._claim(notice.pk, now=SOON) is not None
    assert notices._claim(notice.pk, now=SOON) is None
    assert send_due(now=SOON) == 0


def test_after_a_death_before_the_record_the_same_mail_is_sent_again(
    notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted, and then the power went: one mail program shows one mail, by its Message-ID."""

    def die(*_: object, **__: object) -> int:
        raise SystemExit

    real = Notice.objects.filter
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(
            "credentials.notices.Notice.objects.filter",
            lambda *args, **named: real(*args, **named) if len(mail.outbox) == 0 else die(),
        )
        send_due(now=SOON)
    assert again(notice).state == "waiting"
    assert send_due(now=SOON + timedelta(minutes=6)) == 1
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_an_erased_award_is_not_written_about(award: Award, notice: Notice) -> None:
    Award.objects.filter(pk=award.pk).update(erased_at=NOW)
    assert send_due(now=SOON) == 0
    assert (again(notice).state, mail.outbox) == ("dropped", [])


def test_names_cannot_break_out_of_a_header() -> None:
    version = make_version(make_issuer(), name="Net\r\nBcc: everybody@example.org {code}")
    award = make_award(version)
    suspend(award_id=award.pk, reason="other", actor=ACTOR, now=NOW)
    assert send_due(now=SOON) == 1
    [message] = mail.outbox
    assert "\n" not in message.subject and message.recipients() == ["ada@example.org"]
    assert "{code}" in message.subject


# Expiry


def test_an_award_that_ended_is_told_once_and_stays_as_it_is() -> None:
    start = timezone.now().replace(microsecond=0) - timedelta(days=400)
    ended = make_award(make_version(), person(valid_from=start, valid_until=start + timedelta(days=399)))
    make_award(make_version(ended.issuer, slug="other"), person("running@example.org"))
    before = Award.objects.filter(pk=ended.pk).values().get()
    now = timezone.now()
    assert [add_expired(now=now), add_expired(now=now), add_expired(now=now + timedelta(days=1))] == [1, 0, 0]
    assert Award.objects.filter(pk=ended.pk).values().get() == before
    assert send_due(now=now) == 1
    assert "has expired" in mail.outbox[0].subject


def test_what_ended_long_ago_or_was_withdrawn_is_not_told() -> None:
    start = timezone.now().replace(microsecond=0) - timedelta(days=400)
    version = make_version()
    make_award(version, person("old@example.org", valid_from=start, valid_until=start + timedelta(days=10)))
    revoked = make_award(version, person("r@example.org", valid_from=start, valid_until=start + timedelta(days=399)))
    revoke(award_id=revoked.pk, reason="other", actor=ACTOR, now=timezone.now())
    assert add_expired(now=timezone.now()) == 0
