"""What our own database says of a badge, asked in SQL that is composed once: always what stands there now."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import CharField
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credentials.models import Award, StatusList
from issuers.models import Issuer, SigningKey
from openbadges import status, strict_json
from openbadges.case import OwnFacts
from openbadges.facts import IssuerFact, RecordFact
from openbadges.json_types import JsonObject, JsonValue
from openbadges.status import LIST_LENGTH
from openbadges.status_entry import questions
from tests.factories import make_award, make_issuer, make_version, person
from verification.own_facts import own_facts
from verification.prepared import Given, Question

pytestmark = pytest.mark.django_db


def document_of(award: Award) -> JsonObject:
    return strict_json.load_object(award.document)


def facts(award: Award, **changes: Any) -> OwnFacts:
    """What is known of an award's document, or of one with other members."""
    document = document_of(award) | changes
    return own_facts(document, questions(document))


def issuer_of(award: Award) -> IssuerFact:
    found = facts(award).issuer
    assert found is not None
    return found


def record_of(award: Award) -> RecordFact:
    found = facts(award).record
    assert found is not None
    return found


def entry(award: Award, index: int) -> JsonObject:
    """A status entry in the award's list."""
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListCredential": award.status_list.address,
        "statusListIndex": str(index),
    }


def bits_of(award: Award, *indexes: int, of: Award | None = None) -> list[tuple[bool | None, str]]:
    entries: list[JsonValue] = [entry(of or award, index) for index in indexes]
    found = facts(award, credentialStatus=entries).status
    return [(found[place].value, found[place].code) for place in range(len(indexes))]


NO_ANSWER, CLEAR, SET = (None, "status.list_invalid"), (False, "status.ok"), (True, "status.ok")


# Issuer and keys


def test_an_issuer_is_told_with_all_its_keys(award: Award) -> None:
    found, keys = issuer_of(award), SigningKey.objects.filter(issuer=award.issuer)
    assert (found.id, found.own) == (award.issuer.did, True)
    assert sorted(found.keys) == sorted(f"{award.issuer.did}#{key.fragment}" for key in keys)
    assert all(key.listed and key.controller == award.issuer.did for key in found.keys.values())


def test_a_name_counts_from_the_moment_that_the_operator_vouches_for_it(award: Award) -> None:
    assert (issuer_of(award).name, issuer_of(award).proven_by) == (None, ("did:web",))
    Issuer.objects.update(approved_at=timezone.now(), name="Another name (SAMPLE)")
    assert issuer_of(award).name == "Another name (SAMPLE)"
    assert issuer_of(award).proven_by == ("did:web", "operator")


def test_a_compromised_key_and_a_changed_one_count_at_once(award: Award) -> None:
    since = timezone.now()
    assert award.proof_key is not None and award.token_key is not None
    method = f"{award.issuer.did}#{award.proof_key.fragment}"
    before = issuer_of(award).keys[method]
    SigningKey.objects.filter(pk=award.proof_key.pk).update(state="compromised", compromised_at=since)
    after = issuer_of(award).keys[method]
    assert (before.listed, after.listed, after.compromised_at) == (True, False, since)
    SigningKey.objects.filter(pk=award.proof_key.pk).update(public_key=award.token_key.public_key)
    assert issuer_of(award).keys[method].key != before.key


def test_an_issuer_without_a_key_is_one_all_the_same(award: Award) -> None:
    issuer = make_issuer("without-keys")
    SigningKey.objects.filter(issuer=issuer).delete()
    found = facts(award, issuer=issuer.did)
    assert found.issuer is not None and found.issuer.keys == {} and found.record is None


@pytest.mark.parametrize("did", ["did:web:localhost%3A8000:issuers:nobody", "did:web:elsewhere.example:issuers:x", ""])
def test_nothing_is_known_of_others(award: Award, did: str) -> None:
    found = facts(award, issuer=did)
    assert (found.issuer, found.record) == (None, None)
    assert [(one.value, one.code) for one in found.status.values()] == [NO_ANSWER]


# The record


def test_the_record_is_what_stands_in_the_row(award: Award) -> None:
    since = timezone.now() - timedelta(days=2)
    of_document = award.status_entries.get()
    Award.objects.update(state="revoked", state_since=since, public_reason="Awarded by mistake")
    record = record_of(award)
    assert (record.state, record.since, record.public_reason) == ("revoked", since, "Awarded by mistake")
    assert record.is_sample == award.issuer.is_sample and record.replaced_by is None
    assert record.recorded_at == {bytes(of_document.digest): of_document.recorded_at}
    assert record.digests == {bytes(of_document.digest)}


def test_every_document_of_an_award_is_recorded(award: Award) -> None:
    now, digests = timezone.now(), [bytes([number]) * 32 for number in range(3)]
    for number, digest in enumerate(digests):
        award.status_entries.create(status_list=award.status_list, index=100 + number, digest=digest, recorded_at=now)
    assert record_of(award).digests == {bytes(each.digest) for each in award.status_entries.all()} > set(digests)


@pytest.mark.parametrize(("state", "is_shown"), [("issued", True), ("reserved", False)])
def test_a_successor_is_named_once_it_is_there_to_be_seen(award: Award, state: str, is_shown: bool) -> None:
    newer = make_award(award.achievement_version, person("grace@example.org", "Grace Sample"))
    Award.objects.filter(pk=newer.pk).update(state=state)
    Award.objects.filter(pk=award.pk).update(state="superseded", replaced_by=newer)
    assert record_of(award).replaced_by == (newer.address if is_shown else None)


def test_the_award_of_another_issuer_has_no_record_here(award: Award) -> None:
    other = make_award(make_version(make_issuer("another")), person())
    assert facts(award, id=other.address).record is None


def test_every_award_that_was_given_has_a_record_and_no_other(award: Award) -> None:
    for state in Award.State:  # the last one is without a document
        never = {"document": "", "issued_at": None} if state == Award.State.ABANDONED else {}
        Award.objects.update(state=state, **never)
        assert (facts(award).record is not None) == Award.objects.given().exists(), state


# The status lists


@pytest.mark.parametrize("index", [0, 7, 8, 4_711, LIST_LENGTH - 1])
def test_a_bit_is_seen_as_soon_as_it_is_set(award: Award, index: int) -> None:
    assert bits_of(award, index) == [CLEAR]
    StatusList.objects.update(bits=status.set_bit(status.empty(), index))
    beside = [near for near in (index - 1, index + 1) if 0 <= near < LIST_LENGTH]
    assert bits_of(award, index, *beside) == [SET] + [CLEAR] * len(beside)


def test_an_index_outside_of_the_list_is_no_answer(award: Award) -> None:
    assert bits_of(award, LIST_LENGTH, 10**15, 0) == [NO_ANSWER, NO_ANSWER, CLEAR]


def test_a_list_that_is_cut_off_is_no_answer(award: Award) -> None:
    StatusList.objects.update(bits=bytes(10))
    assert bits_of(award, 79, 80) == [CLEAR, NO_ANSWER]


def test_the_list_of_another_issuer_is_no_answer(award: Award) -> None:
    other = make_award(make_version(make_issuer("another")), person())
    assert bits_of(award, 0, of=other) == [NO_ANSWER]


# How it is asked


def test_a_question_is_composed_once_and_asked_with_any_value() -> None:
    composed = []

    def compose() -> Any:
        composed.append(1)
        issuers = Issuer.objects.filter(slug=Given("slug", CharField()), is_sample=True)
        return issuers.values_list("name", "created_at")

    question = Question(compose)
    made = [make_issuer(slug, name=f"{slug} % (SAMPLE)", is_sample=True) for slug in ("one", "two")]
    with CaptureQueriesContext(connection) as queries:
        assert [question(slug=one.slug) for one in made] == [[(one.name, one.created_at)] for one in made]
    assert question(slug="'; --") == []
    assert (len(composed), len(queries)) == (1, 2)
