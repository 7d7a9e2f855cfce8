"""Suspend, reinstate, revoke: what each does, what it refuses, and that a second call does nothing more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from credentials import batches, leases, signing
from credentials.errors import NoSigningKey
from credentials.issuing import abandon
from credentials.life import (
    AwardAbandoned,
    AwardEnded,
    AwardNotIssued,
    AwardOver,
    LifeError,
    PublicNoteUnfit,
    ReasonMissing,
    completing,
    correct,
    reinstate,
    renew,
    revoke,
    suspend,
)
from credentials.life.changes import COMPLETE_TASK
from credentials.life.completing import PATIENCE, complete_award, wake_for_waiting
from credentials.models import Award, Batch, Notice, Reinstatement, StatusEntry, StatusList
from credentials.status_lists import PUBLISH_TASK
from issuers.audit import Actor
from issuers.models import AuditEntry
from openbadges import status, strict_json
from tests.factories import make_award, make_batch, make_version, person, started
from verification.services import verify

pytestmark = pytest.mark.django_db
ACTOR = Actor("user", "7", "Þórunn Sample")
NOW = timezone.now()  # awards of these tests are issued now
LATER = NOW + timedelta(days=1)
AT_LAST = NOW + timedelta(days=30)
Work = Callable[[Award], Award]


def bit(award: Award) -> bool:
    row = StatusList.objects.get(pk=award.status_list_id)
    return status.get_bit(bytes(row.bits), award.status_index)


def entries(award: Award) -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.filter(object_id=str(award.public_id)).order_by("pk")
    return list(found.values_list("action", "result", "code"))


def kinds() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def put(award: Award, state: str) -> Award:
    """The award in this state, by the services."""
    if state in ("suspended", "revoked"):
        verb = suspend if state == "suspended" else revoke
        verb(award_id=award.pk, reason="other", actor=ACTOR, now=NOW)
    elif state == "superseded":
        correct(award_id=award.pk, values=person(name="Corrected Sample"), actor=ACTOR, now=NOW)
    return Award.objects.get(pk=award.pk)


def abandoned() -> Award:
    award = reserved()
    abandon(batch=Batch.objects.get(), award_ids=[award.pk], now=NOW)
    return Award.objects.get(pk=award.pk)


def reserved() -> Award:
    batch = started(make_batch(make_version(slug="waiting")))
    with leases.hold() as owner:
        chunk = batches._claim(batch.pk, owner=owner)
        assert chunk is not None
        batches._reserve_rows(chunk, owner=owner, now=NOW)
    return Award.objects.get(batch=batch)


# What each does


def test_suspending_sets_the_bit_and_says_so_to_holder_and_log(award: Award) -> None:
    given = suspend(award_id=award.pk, reason="under_review", public_note="Under review", actor=ACTOR, now=LATER)
    assert (given.state, given.state_since, given.public_reason) == ("suspended", LATER, "Under review")
    assert bit(award)
    assert entries(award) == [("award.suspended", "done", "")]
    assert kinds() == ["suspended"]


def test_revoking_sets_the_bit_of_this_award_alone(award: Award) -> None:
    other = make_award(award.achievement_version, person("other@example.org"))
    revoke(award_id=award.pk, reason="misconduct", actor=ACTOR, now=LATER)
    assert (bit(award), bit(other)) == (True, False)
    assert Award.objects.get(pk=award.pk).state == "revoked"
    assert Award.objects.get(pk=other.pk).state == "issued"


def test_the_log_knows_actor_reason_and_issuer_and_no_person(award: Award) -> None:
    revoke(award_id=award.pk, reason="misconduct", public_note="Cheated", actor=ACTOR, now=LATER)
    entry = AuditEntry.objects.get(object_id=str(award.public_id))
    assert (entry.actor_kind, entry.actor_id, entry.actor_words) == ("user", "7", "")
    assert (entry.issuer, entry.at, entry.details) == (award.issuer, LATER, {"reason": "misconduct"})
    everything = str(AuditEntry.objects.values_list())
    assert not any(text in everything for text in ("Ada", "ada@example.org", "Þórunn", "Cheated"))


def test_reinstating_waits_for_a_worker_and_then_gives_a_new_document_of_the_same_award(
    award: Award, work: Work
) -> None:
    put(award, "suspended")
    assert reinstate(award_id=award.pk, actor=ACTOR, now=LATER).state == "suspended"
    given = work(award)
    assert (given.state, given.public_reason) == ("issued", "")
    assert (given.status_list_id, given.status_index) != (award.status_list_id, award.status_index)
    old, new = strict_json.load_object(award.document), strict_json.load_object(given.document)
    assert (new["id"], new["awardedDate"]) == (old["id"], old["awardedDate"])
    assert str(new["validFrom"]) > str(old["validFrom"])
    assert not bit(given)
    assert bit(award), "a set bit is never cleared"
    assert entries(award)[1:] == [("award.reinstatement_asked", "done", ""), ("award.reinstated", "done", "")]
    assert kinds() == ["suspended", "reinstated"]


def test_verdicts_follow_at_once_and_old_copies_stay_refused(award: Award, work: Work) -> None:
    def state(input: str) -> str:
        return verify(input, now=AT_LAST).report.state

    put(award, "suspended")
    assert state(award.document) == state(award.address) == "suspended"
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    assert state(award.address) == "suspended"
    given = work(award)
    assert state(given.document) == state(award.address) == "valid"
    assert state(award.document) == "superseded"
    put(given, "revoked")
    assert state(given.document) == state(award.document) == state(award.address) == "revoked"


def test_a_public_note_stands_in_the_verdict(award: Award) -> None:
    revoke(award_id=award.pk, reason="other", public_note="Exam record of another person", actor=ACTOR, now=NOW)
    assert "Exam record of another person" in verify(award.address, now=AT_LAST).report.explanation


def test_an_award_may_be_suspended_and_reinstated_many_times(award: Award, work: Work) -> None:
    places = {(award.status_list_id, award.status_index)}
    for round_ in range(1, 4):
        now = NOW + timedelta(days=round_)
        suspend(award_id=award.pk, reason="other", actor=ACTOR, now=now)
        reinstate(award_id=award.pk, actor=ACTOR, now=now + timedelta(hours=1))
        given = work(award)
        places.add((given.status_list_id, given.status_index))
    assert len(places) == 4
    assert StatusEntry.objects.filter(award=award).count() == 4
    assert verify(given.address, now=AT_LAST).report.state == "valid"
    assert all(bit_ for bit_ in _bits_of_all_but_the_last(given))


def _bits_of_all_but_the_last(award: Award) -> list[bool]:
    bits = bytes(StatusList.objects.get(pk=award.status_list_id).bits)
    old = award.status_entries.exclude(index=award.status_index).values_list("index", flat=True)
    return [status.get_bit(bits, index) for index in old]


def test_revoking_withdraws_a_reinstatement_that_waits(award: Award, work: Work) -> None:
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    put(award, "revoked")
    assert not Reinstatement.objects.exists()
    assert work(award).state == "revoked"
    assert "award.reinstated" not in [action for action, *_ in entries(award)]


def test_suspending_again_withdraws_a_reinstatement_that_waits(award: Award, work: Work) -> None:
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    suspend(award_id=award.pk, reason="misconduct", public_note="Second thoughts", actor=ACTOR, now=LATER)
    given = work(award)
    assert (given.state, given.public_reason) == ("suspended", "Second thoughts")


def test_what_was_signed_for_a_withdrawn_reinstatement_is_not_stored(
    award: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suspended and reinstated once more while a worker signs: its document has the place of before."""
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    real = signing.sign_reinstated

    def sign_while_others_act(award_id: int, **named: object) -> object:
        signed = real(award_id, **named)  # type: ignore[arg-type]
        suspend(award_id=award_id, reason="other", actor=ACTOR, now=LATER)
        reinstate(award_id=award_id, actor=ACTOR, now=LATER + timedelta(hours=1))
        return signed

    monkeypatch.setattr("credentials.life.completing.sign_reinstated", sign_while_others_act)
    assert complete_award(award_id=award.pk) is False
    assert Award.objects.get(pk=award.pk).state == "suspended"
    monkeypatch.setattr("credentials.life.completing.sign_reinstated", real)
    assert complete_award(award_id=award.pk) is True
    given = Award.objects.get(pk=award.pk)
    assert (given.state, bit(given)) == ("issued", False)
    assert sum(_bits_of_all_but_the_last(given)) == 2


def test_an_award_that_starts_later_starts_later_still(work: Work) -> None:
    start = AT_LAST.replace(microsecond=0)
    award = make_award(make_version(), person(valid_from=start))
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=timezone.now())
    assert work(award).valid_from == start + timedelta(seconds=1)


# Once


@pytest.mark.parametrize("verb", [suspend, revoke])
def test_a_second_call_changes_nothing_and_the_first_reason_stays(award: Award, verb: Callable[..., Award]) -> None:
    verb(award_id=award.pk, reason="other", public_note="First", actor=ACTOR, now=NOW)
    given = verb(award_id=award.pk, reason="misconduct", public_note="Second", actor=ACTOR, now=LATER)
    assert (given.public_reason, given.state_since) == ("First", NOW)
    assert (len(entries(award)), len(kinds())) == (1, 1)


def test_reinstating_twice_gives_one_document(award: Award, work: Work) -> None:
    put(award, "suspended")
    for _ in range(2):
        reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    work(award)
    given = work(award)
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    assert Award.objects.get(pk=award.pk).document == given.document
    assert StatusEntry.objects.filter(award=award).count() == 2
    assert [action for action, *_ in entries(award)].count("award.reinstated") == 1


# Refused

REFUSALS = [
    ("reserved", "suspend", AwardNotIssued),
    ("reserved", "revoke", AwardNotIssued),
    ("reserved", "reinstate", AwardNotIssued),
    ("reserved", "correct", AwardNotIssued),
    ("reserved", "renew", AwardNotIssued),
    *(("abandoned", verb, AwardAbandoned) for verb in ("suspend", "revoke", "reinstate", "correct", "renew")),
    ("revoked", "suspend", AwardEnded),
    ("revoked", "reinstate", AwardEnded),
    ("revoked", "correct", AwardEnded),
    ("revoked", "renew", AwardEnded),
    ("superseded", "suspend", AwardEnded),
    ("superseded", "revoke", AwardEnded),
    ("superseded", "reinstate", AwardEnded),
    ("superseded", "correct", AwardEnded),
    ("superseded", "renew", AwardEnded),
]
ACTIONS = {
    "suspend": "award.suspended",
    "revoke": "award.revoked",
    "reinstate": "award.reinstated",
    "correct": "award.corrected",
    "renew": "award.renewed",
}


def do(verb: str, award: Award) -> Award:
    common = {"award_id": award.pk, "actor": ACTOR, "now": LATER}
    if verb == "correct":
        return correct(values=person(name="Another Sample"), **common)  # type: ignore[arg-type]
    if verb == "renew":
        return renew(**common)  # type: ignore[arg-type]
    if verb == "reinstate":
        return reinstate(reason="other", **common)  # type: ignore[arg-type]
    chosen = suspend if verb == "suspend" else revoke
    return chosen(reason="other", **common)  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "verb", "error"), REFUSALS)
def test_a_wrong_step_is_refused_and_the_attempt_is_in_the_log(
    state: str, verb: str, error: type[AwardEnded | AwardNotIssued | AwardAbandoned]
) -> None:
    made = {"reserved": reserved, "abandoned": abandoned}
    award = made[state]() if state in made else put(make_award(), state)
    before, notices = Award.objects.filter(pk=award.pk).values().get(), len(kinds())
    with pytest.raises(error) as refusal:
        do(verb, award)
    assert str(refusal.value).endswith(".") and refusal.value.title
    assert Award.objects.filter(pk=award.pk).values().get() == before
    assert entries(award)[-1] == (ACTIONS[verb], "refused", error.code)
    assert len(kinds()) == notices


def test_an_award_that_ended_while_suspended_is_renewed_not_reinstated(award: Award) -> None:
    put(award, "suspended")
    Award.objects.filter(pk=award.pk).update(valid_until=LATER)
    with pytest.raises(AwardOver, match="Renew it"):
        reinstate(award_id=award.pk, actor=ACTOR, now=LATER + timedelta(hours=1))
    assert not Reinstatement.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 61])
def test_a_withdrawal_needs_a_reason(award: Award, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        revoke(award_id=award.pk, reason=reason, actor=ACTOR, now=NOW)
    assert entries(award) == [("award.revoked", "refused", "reason_missing")]


@pytest.mark.parametrize("note", ["x" * 301, "line\nbreak", "hidden \u202e text", "NUL \x00"])
def test_a_note_that_would_mislead_readers_is_refused(award: Award, note: str) -> None:
    with pytest.raises(PublicNoteUnfit):
        suspend(award_id=award.pk, reason="other", public_note=note, actor=ACTOR, now=NOW)
    assert not bit(award)


def test_an_award_in_force_carries_no_note(award: Award) -> None:
    put(award, "suspended")
    with pytest.raises(PublicNoteUnfit):
        reinstate(award_id=award.pk, public_note="Sorry", actor=ACTOR, now=LATER)


def test_without_keys_nothing_is_promised(award: Award) -> None:
    put(award, "suspended")
    award.issuer.keys.update(state="retired")
    with pytest.raises(NoSigningKey):
        reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    assert not Reinstatement.objects.exists()


# Waking


def test_a_change_wakes_a_worker_when_it_is_committed(
    award: Award, woken: list[object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        put(award, "suspended")
        assert woken == []
    assert (PUBLISH_TASK, []) in woken
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    assert (COMPLETE_TASK, [award.pk]) in woken


def test_what_waits_too_long_is_found_again(award: Award, woken: list[object], work: Work) -> None:
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    other = make_award(make_version(award.issuer, slug="other"))
    correct_too = correct(award_id=other.pk, values=person(name="New"), actor=ACTOR, now=LATER)
    assert wake_for_waiting(now=LATER + PATIENCE) == 0
    assert wake_for_waiting(now=LATER + 2 * PATIENCE) == 2
    assert woken == [(COMPLETE_TASK, [correct_too.pk]), (COMPLETE_TASK, [award.pk])]
    work(award)
    work(correct_too)
    assert wake_for_waiting(now=LATER + 2 * PATIENCE) == 0


def test_a_reinstatement_is_recorded_anew_where_the_issuer_is_called_otherwise_by_then(
    award: Award, work: Work
) -> None:
    """A worker died after it recorded; then the issuer changed its name."""
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)
    completing._prepare(award.pk, now=LATER)
    award.issuer.name = "Renamed Academy (SAMPLE)"
    award.issuer.save()
    given = work(award)
    assert given.state == "issued"
    assert "Renamed Academy" in given.document
    assert verify(given.document, now=AT_LAST).report.state == "valid"


def test_every_code_is_in_the_documentation() -> None:
    documented = (Path(__file__).resolve().parents[3] / "docs" / "award-life.md").read_text(encoding="utf-8")
    codes = {error.code for error in LifeError.__subclasses__()}
    assert len(codes) == 9
    assert {code for code in codes if f"| `{code}` |" not in documented} == set()


# A worker or a web process that dies at any step

STEPS_OF_A_CHANGE = ["set_bits", "record_change", "notices.add"]
STEPS_OF_COMPLETING = ["take_indexes", "_record", "sign_reinstated", "store_signed", "record_change", "notices.add"]


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("step", STEPS_OF_A_CHANGE)
def test_a_change_that_dies_half_way_never_was(award: Award, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Award.objects.filter(pk=award.pk).values().get()

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(f"credentials.life.changes.{step}", die)
        put(award, "revoked")
    assert Award.objects.filter(pk=award.pk).values().get() == before
    assert (bit(award), entries(award), kinds()) == (False, [], [])
    assert put(award, "revoked").state == "revoked"


@pytest.mark.parametrize("step", STEPS_OF_COMPLETING)
def test_a_worker_that_dies_half_way_leaves_what_the_next_one_completes(
    award: Award, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(award, "suspended")
    reinstate(award_id=award.pk, actor=ACTOR, now=LATER)

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(f"credentials.life.completing.{step}", die)
        complete_award(award_id=award.pk)
    assert Award.objects.get(pk=award.pk).state == "suspended"
    assert complete_award(award_id=award.pk) is True
    given = Award.objects.get(pk=award.pk)
    assert given.state == "issued"
    assert verify(given.document, now=AT_LAST).report.state == "valid"
    assert StatusEntry.objects.filter(award=award).count() == 2
    assert kinds() == ["suspended", "reinstated"]
