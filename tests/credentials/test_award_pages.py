"""The dashboard's pages about awards: who may, what is shown, and each action with its confirmation."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from credentials.award_display import events
from credentials.codes import shown
from credentials.life import reinstate, suspend
from credentials.life.completing import complete_award
from credentials.models import Award, Reinstatement
from issuers import audit
from issuers.audit import Actor
from issuers.models import AuditEntry, Member
from tests.factories import Answer, issue, make_award, make_issuer, make_member, make_version, people, person

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
VERBS = ["suspend", "reinstate", "revoke", "correct", "renew"]
ACTOR = Actor.system("test")


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def award() -> Award:
    return make_award(make_version(validity="P2Y"))


@pytest.fixture
def dashboard(award: Award) -> Client:
    client = Client()
    client.force_login(make_member(award.issuer))
    return client


def page(award: Award, verb: str = "") -> str:
    return f"/dashboard/awards/{award.public_id}" + (f"/{verb}" if verb else "")


def text(response: Answer) -> str:
    return response.content.decode()


def confirmed(award: Award, **fields: str) -> dict[str, str]:
    return {"reason": "other", "public_note": "", "code": shown(award.code), **fields}


def values(award: Award, **changes: str) -> dict[str, str]:
    return {"email": award.recipient_email, "name": award.recipient_name, **changes}


def state(award: Award) -> str:
    return str(Award.objects.get(pk=award.pk).state)


# Who may


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_a_stranger_is_sent_to_sign_in(client: Client, award: Award, verb: str) -> None:
    assert client.get(page(award, verb))["Location"].startswith("/sign-in?")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [None, Member.Role.VIEWER, Member.Role.ASSESSOR])
def test_who_may_not_act_finds_nothing_changes_nothing_and_is_in_the_log(
    client: Client, award: Award, verb: str, role: Member.Role | None
) -> None:
    issuer = award.issuer if role else make_issuer("another")
    user = make_member(issuer, email="other@example.org", role=role or Member.Role.OWNER)
    client.force_login(user)
    assert client.get(page(award)).status_code == client.get(page(award, verb)).status_code == 404
    assert not AuditEntry.objects.filter(result="refused").exists(), "looking is not trying"
    assert client.post(page(award, verb), confirmed(award, **values(award, name="New"))).status_code == 404
    assert (state(award), Award.objects.count()) == ("issued", 1)
    entry = AuditEntry.objects.get(result="refused")
    assert (entry.actor_id, entry.code, entry.issuer) == (str(user.pk), "not_permitted", award.issuer)


def test_what_is_not_there_is_not_found(dashboard: Client, award: Award) -> None:
    assert dashboard.get(f"/dashboard/awards/{uuid4()}").status_code == 404
    assert dashboard.get(page(award, "delete")).status_code == 404
    assert dashboard.post(page(award, "delete")).status_code == 404


def test_lists_and_logs_of_another_issuer_do_not_exist(dashboard: Client) -> None:
    theirs = make_version(make_issuer("another"))
    assert dashboard.get(f"/dashboard/achievements/{theirs.achievement.public_id}/awards").status_code == 404
    for path in ("audit", "audit.csv", "audit.jsonl"):
        assert dashboard.get(f"/dashboard/issuers/another/{path}").status_code == 404


@pytest.mark.parametrize("role", [Member.Role.VIEWER, Member.Role.ASSESSOR])
def test_who_may_not_award_finds_no_list_and_no_log(client: Client, award: Award, role: Member.Role) -> None:
    client.force_login(make_member(award.issuer, email="other@example.org", role=role))
    achievement = award.achievement_version.achievement
    assert client.get(f"/dashboard/achievements/{achievement.public_id}/awards").status_code == 404
    for path in ("audit", "audit.csv", "audit.jsonl"):
        assert client.get(f"/dashboard/issuers/{award.issuer.slug}/{path}").status_code == 404
    assert not AuditEntry.objects.filter(action="audit.exported").exists()


# Actions


@pytest.mark.parametrize(("verb", "after"), [("suspend", "suspended"), ("revoke", "revoked")])
def test_an_award_is_withdrawn_with_reason_note_and_code(
    dashboard: Client, award: Award, verb: str, after: str
) -> None:
    assert f"Type the code {shown(award.code)}" in text(dashboard.get(page(award, verb)))
    sent = confirmed(award, reason="misconduct", public_note="Exam record of another person")
    response = dashboard.post(page(award, verb), sent)
    assert response["Location"] == page(award)
    given = Award.objects.get(pk=award.pk)
    assert (given.state, given.public_reason) == (after, "Exam record of another person")
    shown_page = text(dashboard.get(page(award)))
    assert "Exam record of another person" in shown_page and "Misconduct or false statements" in shown_page
    assert "owner@example.org" in shown_page, "who did it"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("reason", "", "Choose a reason."),
        ("reason", "because", "Choose a reason."),
        ("code", "", "This is not the code of the award."),
        ("code", "0000-0000-0000", "This is not the code of the award."),
    ],
)
def test_without_reason_or_code_nothing_happens_and_the_form_keeps_what_was_typed(
    dashboard: Client, award: Award, field: str, value: str, sentence: str
) -> None:
    response = dashboard.post(page(award, "revoke"), confirmed(award, public_note="Typed", **{field: value}))
    assert (response.status_code, state(award)) == (400, "issued")
    assert sentence in text(response) and "Typed" in text(response)
    assert "Error:" in text(response)


def test_the_code_may_be_typed_as_people_type(dashboard: Client, award: Award) -> None:
    dashboard.post(page(award, "suspend"), confirmed(award, code=f" {award.code.lower()} "))
    assert state(award) == "suspended"


def test_a_note_that_cannot_be_shown_is_refused_beside_its_field(dashboard: Client, award: Award) -> None:
    response = dashboard.post(page(award, "revoke"), confirmed(award, public_note="hidden \u202e"))
    assert (response.status_code, state(award)) == (409, "issued")
    assert 'id="note-e"' in text(response)


def test_a_suspended_award_is_reinstated_by_a_worker(dashboard: Client, award: Award) -> None:
    dashboard.post(page(award, "suspend"), confirmed(award))
    award.refresh_from_db()
    assert [
        verb in text(dashboard.get(page(award))) for verb in (page(award, "reinstate"), page(award, "correct"))
    ] == [
        True,
        False,
    ]
    later = timezone.now() + timedelta(seconds=2)
    Award.objects.filter(pk=award.pk).update(valid_from=award.valid_from - timedelta(days=1))
    dashboard.post(page(award, "reinstate"))
    assert "Being reinstated" in text(dashboard.get(page(award)))
    complete_award(award_id=award.pk)
    assert Award.objects.in_force(later).filter(pk=award.pk).exists()
    shown_page = text(dashboard.get(page(award)))
    assert "In force" in shown_page
    for words in ("Awarded", "Suspended", "Reinstatement asked for", "Reinstated"):
        assert words in shown_page


def test_a_wrong_step_is_refused_in_words(dashboard: Client, award: Award) -> None:
    dashboard.post(page(award, "revoke"), confirmed(award))
    response = dashboard.post(page(award, "suspend"), confirmed(award))
    assert response.status_code == 409
    assert "That is final." in text(response)
    assert "Suspending was refused" in text(dashboard.get(page(award)))


@pytest.mark.parametrize("verb", ["suspend", "revoke", "renew", "correct"])
def test_a_double_click_does_it_once(dashboard: Client, award: Award, verb: str) -> None:
    sent = confirmed(award, **values(award, name="New Sample"))
    first, second = (dashboard.post(page(award, verb), sent) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Award.objects.count() == (2 if verb in ("renew", "correct") else 1)


def test_a_correction_starts_from_what_the_award_says(dashboard: Client) -> None:
    descriptions = [{"key": "grade", "name": "Grade", "result_type": "LetterGrade", "allowed_values": ["A", "B"]}]
    version = make_version(make_issuer("graded"), result_descriptions=descriptions)
    dashboard.force_login(make_member(version.achievement.issuer, email="graded@example.org"))
    award = make_award(version, person(results=(("grade", "B"),), narrative="Two\nlines", external_id="E-1"))
    form = dashboard.get(page(award, "correct"))
    fields = {each.name: each.value for each in form.context["fields"]}
    assert (fields["result.grade"], fields["narrative"], fields["external_id"]) == ("B", "Two\nlines", "E-1")
    unchanged = dashboard.post(page(award, "correct"), fields)
    assert (unchanged.status_code, "Change what is wrong" in text(unchanged)) == (409, True)
    response = dashboard.post(page(award, "correct"), {**fields, "result.grade": "A"})
    new = Award.objects.get(replaces=award)
    assert response["Location"] == page(new)
    assert new.results == [{"key": "grade", "value": "A"}]
    assert (new.narrative, new.external_id, new.valid_from) == ("Two\nlines", "E-1", award.valid_from)
    assert page(new) in text(dashboard.get(page(award))) and page(award) in text(dashboard.get(page(new)))
    assert "Being signed" in text(dashboard.get(page(new)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no-address"), ("name", ""), ("valid_until", "31/02/2026"), ("evidence_url", "http://10.0.0.1/")],
)
def test_a_correction_is_checked_like_a_row_of_a_file(dashboard: Client, award: Award, field: str, value: str) -> None:
    response = dashboard.post(page(award, "correct"), values(award, **{field: value}))
    assert response.status_code == 400
    [wrong] = [each for each in response.context["fields"] if each.errors]
    assert (wrong.name, wrong.value) == (field, value)
    assert Award.objects.count() == 1


# The page in every state


def test_each_state_has_its_word_and_its_actions(dashboard: Client, award: Award) -> None:
    def actions() -> tuple[str, set[str]]:
        view = dashboard.get(page(award)).context["view"]
        return view.line.look.word, {action.verb for action in view.actions}

    past, future = timezone.now() - timedelta(days=9), timezone.now() + timedelta(days=9)

    def put(**columns: Any) -> None:
        Award.objects.filter(pk=award.pk).update(**columns)

    assert actions() == ("In force", {"suspend", "revoke", "correct", "renew"})
    put(valid_from=future)
    assert actions() == ("Not valid yet", {"suspend", "revoke", "correct"})
    put(valid_from=past - timedelta(days=9), valid_until=past)
    assert actions() == ("Expired", {"renew", "correct", "revoke"})
    put(state="suspended", valid_until=None)
    assert actions() == ("Suspended", {"reinstate", "revoke"})
    reinstate(award_id=award.pk, actor=ACTOR, now=timezone.now())
    assert actions() == ("Being reinstated", {"suspend", "revoke"})
    Reinstatement.objects.all().delete()
    for state, word in (("revoked", "Revoked"), ("superseded", "Replaced"), ("reserved", "Being signed")):
        put(state=state)
        assert actions() == (word, set())


def test_mails_to_the_holder_are_shown_with_their_fate(dashboard: Client, award: Award) -> None:
    dashboard.post(page(award, "suspend"), confirmed(award))
    assert "Mails to the holder" in text(dashboard.get(page(award)))
    award.notices.update(state="dropped", problem="The mail server refuses this address for good.")
    assert "refuses this address for good" in text(dashboard.get(page(award)))


# The list


def listed(dashboard: Client, award: Award, **query: str) -> list[str]:
    address = f"/dashboard/achievements/{award.achievement_version.achievement.public_id}/awards"
    return [line.name for line in dashboard.get(address, query).context["lines"]]


def test_awards_come_newest_first_by_pages_without_counting(
    dashboard: Client, award: Award, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    issue(award.achievement_version, *people(120))
    address = f"/dashboard/achievements/{award.achievement_version.achievement.public_id}/awards"
    seen: list[str] = []
    before = ""
    for expected in (50, 50, 21):
        with django_assert_max_num_queries(10) as captured:
            response = dashboard.get(address, {"before": before} if before else {})
        sql = " ".join(query["sql"] for query in captured.captured_queries).lower()
        assert "count(" not in sql and "offset" not in sql
        assert len(response.context["lines"]) == expected
        seen += [line.email for line in response.context["lines"]]
        before = response.context["older"]
    assert before is None
    assert len(set(seen)) == 121
    assert seen[-1] == award.recipient_email


def test_awards_are_found_by_name_address_code_and_id(dashboard: Client, award: Award) -> None:
    rows = [person("zoe@example.org", "Zoë Sample", external_id="HR-17"), person("li@example.org", "李 Sample")]
    issue(award.achievement_version, *rows)
    zoe = Award.objects.get(external_id="HR-17")
    for query in ("Zoë", "zoe@", "ZOE@example.org", "HR-17", zoe.code, shown(zoe.code).lower()):
        assert listed(dashboard, award, q=query) == ["Zoë Sample"], query
    assert listed(dashboard, award, q="李") == ["李 Sample"]
    assert len(listed(dashboard, award, q="sample")) == 3
    for nothing in ("nobody", "\0", "%", "' OR 1=1 --", "x" * 500):
        assert listed(dashboard, award, q=nothing) == ([] if nothing != "\0" else listed(dashboard, award)), nothing


def test_awards_are_filtered_by_state(dashboard: Client, award: Award) -> None:
    other = make_award(award.achievement_version, person("other@example.org", "Other Sample"))
    suspend(award_id=other.pk, reason="other", actor=ACTOR, now=timezone.now())
    assert listed(dashboard, award, state="suspended") == ["Other Sample"]
    assert listed(dashboard, award, state="in-force") == ["Ada Sample"]
    assert listed(dashboard, award, state="revoked") == listed(dashboard, award, state="expired") == []
    assert len(listed(dashboard, award, state="unheard of")) == 2


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "１７"])
def test_a_broken_page_link_shows_the_newest(dashboard: Client, award: Award, before: str) -> None:
    assert listed(dashboard, award, before=before) == ["Ada Sample"]


# The audit log


def test_the_log_shows_what_was_done_by_whom_to_what(dashboard: Client, award: Award) -> None:
    dashboard.post(page(award, "suspend"), confirmed(award))
    dashboard.post(page(award, "renew"))
    response = dashboard.get(f"/dashboard/issuers/{award.issuer.slug}/audit")
    words = [event.words for event in response.context["events"]]
    assert words[:2] == ["Renewing was refused", "Suspended"]
    assert {"Awards signed", "Issuer set up"} <= set(words)
    assert page(award) in text(response)


def test_every_action_that_is_logged_has_words() -> None:
    action = re.compile(r'"((?:award|awards|batch|issuer|keys|member|audit)\.[a-z_]+)"')
    sources = [path for app in ("credentials", "issuers") for path in (ROOT / app).rglob("*.py")]
    written = {name for path in sources for name in action.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 20
    for name in written:
        [event] = events([AuditEntry(action=name, at=timezone.now())])
        assert event.words != name, name


def test_the_log_comes_in_pages(dashboard: Client, award: Award) -> None:
    for number in range(120):
        audit.record(
            "thing.done",
            actor=ACTOR,
            issuer_id=award.issuer_id,
            object_kind="thing",
            object_id=number,
            now=timezone.now(),
        )
    address, before, seen = f"/dashboard/issuers/{award.issuer.slug}/audit", "", 0
    while before is not None:
        response = dashboard.get(address, {"before": before})
        seen += len(response.context["events"])
        before = response.context["older"]
    assert seen == AuditEntry.objects.filter(issuer=award.issuer).count()


def test_the_log_is_taken_away_as_csv_and_json_lines_of_this_issuer_alone(dashboard: Client, award: Award) -> None:
    make_issuer("another")
    suspend(award_id=award.pk, reason="=HYPERLINK(1)", actor=ACTOR, now=timezone.now())
    audit.seal()
    address = f"/dashboard/issuers/{award.issuer.slug}/audit"
    body = b"".join(dashboard.get(f"{address}.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert {row["issuer"] for row in rows} == {award.issuer.slug}
    assert rows[-1]["action"] == "award.suspended"
    lines = b"".join(dashboard.get(f"{address}.jsonl").streaming_content).splitlines()  # type: ignore[attr-defined]
    last = json.loads(lines[-1])
    entry = AuditEntry.objects.get(position=last["position"])
    assert last == {"position": entry.position, "hash": entry.hash, "entry": audit.content(entry)}
    assert AuditEntry.objects.filter(action="audit.exported").count() == 2


def test_nobody_signing_is_told_on_the_overview(dashboard: Client, award: Award) -> None:
    assert "Nothing is being signed" not in text(dashboard.get("/dashboard/"))
    award.status_list.is_changed, award.status_list.changed_at = True, timezone.now() - timedelta(minutes=2)
    award.status_list.save()
    for address in ("/dashboard/", page(award)):
        assert "Nothing is being signed" in text(dashboard.get(address))
