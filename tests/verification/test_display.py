"""The verdict page says what the report says, and shows nothing that was not proven."""

from dataclasses import fields, replace

import pytest

from openbadges.contexts import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_1
from openbadges.json_types import JsonObject
from openbadges.judge import judge
from openbadges.report import PRECEDENCE, IssuerSummary, State
from tests.look import sample_pages
from tests.openbadges import cases, samples
from verification.display import Asked, CheckLine, VerdictView, did_host, issuer_mark, verdict_view
from verification.states import ADVICE, LOOKS

HIDES_CLAIMS = ("altered", "unreadable", "unclaimed", "private", "not_found", "erased")


@pytest.fixture(scope="module")
def views() -> dict[State, VerdictView]:
    return sample_pages.verdicts()


def test_every_state_has_a_look_and_advice() -> None:
    assert LOOKS.keys() == ADVICE.keys() == set(PRECEDENCE)


def test_every_state_can_be_shown(views: dict[State, VerdictView]) -> None:
    assert views.keys() == set(PRECEDENCE)


def test_only_decided_states_are_filled_in_the_colours_of_a_decision(views: dict[State, VerdictView]) -> None:
    assert {state for state, view in views.items() if view.look.kind == "unknown"} == {
        "issuer_unproven",
        "unreachable",
        "not_checked",
    }
    assert [state for state, view in views.items() if view.look.kind == "valid"] == ["valid"]


def test_the_icon_of_a_state_belongs_to_no_other(views: dict[State, VerdictView]) -> None:
    assert len({view.look.icon for view in views.values()}) == len(views)


def test_a_valid_badge_answers_the_five_questions(views: dict[State, VerdictView]) -> None:
    view = views["valid"]
    assert view.title == f"Valid: Networking basics (SAMPLE), {sample_pages.HOLDER}"
    assert view.claims is not None and view.claims.holder == sample_pages.HOLDER
    assert view.outcomes == samples.OUTCOMES[:3] and view.more_outcomes == samples.OUTCOMES[3:]
    assert view.who is not None and view.who.name == "Sample IT Academy (SAMPLE)"
    assert [mark.words for mark in view.who.marks] == ["Key proven", "Approved by localhost:8000"]
    assert view.when is not None and view.when.words == "12 March 2026 to 12 March 2029"
    assert view.explanation == ""
    assert [fact.label for fact in view.facts][:3] == ["Assessment", "Supervision", "Final grade"]


@pytest.mark.parametrize("state", HIDES_CLAIMS)
def test_what_was_not_proven_is_nowhere_on_the_page(state: State, views: dict[State, VerdictView]) -> None:
    view = views[state]
    assert view.layout == "reasons" and view.claims is None and view.document == ""
    everything = " ".join(repr(getattr(view, field.name)) for field in fields(view))
    for claim in (sample_pages.HOLDER, "Networking basics", "Sample IT Academy"):
        assert claim not in everything


def test_an_unproven_issuer_is_shown_as_a_claim_without_picture_or_holder_check(
    views: dict[State, VerdictView],
) -> None:
    view = views["issuer_unproven"]
    assert view.layout == "claimed" and view.who is None and view.image_url == ""
    assert not view.can_match and view.signed_by.endswith("#key-1")
    issuer = next(check for check in view.checks if check.title == "Issuer not proven")
    assert issuer.kind == "unknown"


def test_a_bare_key_is_valid_but_neutral_and_its_name_is_only_claimed() -> None:
    view = sample_pages.key_only()
    assert view.look.kind == "none" and view.headline == "Valid signature; issuer not identified"
    assert view.who is not None and (view.who.name, view.who.claimed) == ("", "Sample Nobody (SAMPLE)")
    assert "not proven, calls itself Sample Nobody" in view.summary


def test_a_revoked_badge_was_held_and_says_why_and_when(views: dict[State, VerdictView]) -> None:
    view = views["revoked"]
    assert (view.held, view.explanation) == ("held", "Do not rely on it.")
    assert view.reason.startswith("Awarded by mistake")
    assert [event.words for event in view.events] == ["12 March 2026: awarded", "14 October 2026: revoked"]
    assert view.title.startswith("Revoked: ")


def test_a_replaced_badge_links_the_newer_one(views: dict[State, VerdictView]) -> None:
    assert views["superseded"].newer_url.startswith("/c/")
    assert views["superseded"].explanation == ""


def line_of(document: JsonObject, title: str) -> CheckLine:
    view = verdict_view(judge(cases.Presented(document).elsewhere(), now=cases.NOW))
    return next(line for line in view.checks if line.title == title)


def test_only_a_signature_that_does_not_fit_is_said_to_tell_of_a_change() -> None:
    signed = cases.signed_sample()
    unsigned: JsonObject = {**signed, "proof": None}
    early: JsonObject = {**signed, "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_1]}
    (proof,) = cases.proofs_of(signed)
    assert isinstance(proof, dict)
    elsewhere: JsonObject = {**signed, "proof": {**proof, "domain": "other.example"}}
    changed = "At least one word, date or name was changed"
    assert line_of({**signed, "name": "Other"}, "Signature does not fit").meaning[0].startswith(changed)
    for document, title in (
        (unsigned, "Not signed"),
        (early, "Signature cannot be checked"),
        (elsewhere, "Signature not accepted"),
    ):
        assert changed not in line_of(document, title).meaning[0]


def test_who_sends_an_unsigned_badge_is_not_told_that_somebody_signed_it() -> None:
    view = verdict_view(judge(cases.Presented(samples.eu_complete().to_json()).elsewhere(), now=cases.NOW))
    assert view.headline == "Not signed, so not a valid badge"
    assert view.advice[-1] == "Until then, treat this one as a text that anybody may have written."


def test_an_older_form_is_asked_for_anew_and_not_called_wrong() -> None:
    older: JsonObject = {**cases.signed_sample(), "@context": [CREDENTIALS_V1, OPEN_BADGES_3_0_1]}
    view = verdict_view(judge(cases.Presented(older).elsewhere(), now=cases.NOW))
    assert view.state == "not_checked" and view.advice[0].startswith("Ask for the badge in the present form")
    assert line_of(older, "Structure not checked").meaning[0].endswith("That says nothing against the badge.")


@pytest.mark.parametrize(
    ("state", "title"), [("revoked", "Revoked"), ("suspended", "Suspended"), ("superseded", "Replaced")]
)
def test_the_line_of_the_status_says_what_the_issuer_did(
    views: dict[State, VerdictView], state: State, title: str
) -> None:
    assert title in [line.title for line in views[state].checks]


def test_checks_that_were_not_made_share_one_line(views: dict[State, VerdictView]) -> None:
    lines = views["altered"].checks
    assert [line.word for line in lines] == ["Passed", "Passed", "Failed", "Skipped"]
    assert lines[-1].message == "Not judged: they rest on a text that was changed."
    assert len(lines[-1].meaning) == 7


def test_what_was_never_read_is_not_said_to_be_of_no_importance() -> None:
    lines = sample_pages.unreachable_link().checks
    assert [line.word for line in lines] == ["Unknown", "Skipped"]
    assert lines[-1].message == "Not judged: nothing was read."


def test_the_holder_can_be_compared_and_the_answer_is_shown() -> None:
    same, other = sample_pages.matched(samples.EMAIL), sample_pages.matched("someone.else@example.org")
    assert same.can_match and same.match is not None and same.match.kind == "valid"
    assert other.match is not None and other.match.kind != "valid"
    assert sample_pages.matched("").match is None or sample_pages.verdicts()["valid"].match is None


def test_hidden_characters_in_a_name_are_written_out() -> None:
    document = sample_pages.document(name="Ada\u202eelpmaS")
    view = verdict_view(judge(cases.Presented(document).elsewhere(), now=cases.NOW))
    assert view.claims is not None and view.claims.holder == "Ada[U+202E]elpmaS"
    assert "[U+202E]" in view.title and "\u202e" not in view.summary


def test_a_badge_of_others_has_no_picture_code_or_page() -> None:
    view = verdict_view(judge(cases.Presented(sample_pages.document()).elsewhere(), now=cases.NOW))
    assert (view.image_url, view.page_path, view.is_sample) == ("", "", False)
    assert "Code" not in [fact.label for fact in view.technical]


def test_a_summary_names_state_time_holder_badge_issuer_dates_and_code(views: dict[State, VerdictView]) -> None:
    assert views["valid"].summary == (
        "Valid credential, checked 22 November 2026 at 10:00 UTC. "
        f"Holder: {sample_pages.HOLDER}. Badge: Networking basics (SAMPLE). Issuer: Sample IT Academy (SAMPLE). "
        f"Dates: 12 March 2026 to 12 March 2029. Code 7K4M-9QXD-2HPF, {samples.CREDENTIAL}"
    )


def test_what_was_sent_is_kept_to_send_again_and_shown_by_its_start() -> None:
    long = Asked.of_text("  " + "x" * 500 + " ")
    assert (long.kind, len(long.again), len(long.shown)) == ("text", 500, 201)
    assert Asked.of_text(samples.CREDENTIAL).kind == "link"
    assert Asked.of_file("a.png", 5) == Asked("file", "a.png", "", 5)


def test_a_file_cannot_be_tried_again_without_the_file(views: dict[State, VerdictView]) -> None:
    view = views["unreachable"]
    assert not view.can_try_again
    assert replace(view, asked=Asked.of_text("{}")).can_try_again


@pytest.mark.parametrize(
    ("did", "host"),
    [
        ("did:web:localhost%3A8000:issuers:a", "localhost:8000"),
        ("did:web:uni.example", "uni.example"),
        ("did:key:z6Mk", "did:key:z6Mk"),
    ],
)
def test_the_host_of_a_did_is_its_domain(did: str, host: str) -> None:
    assert did_host(did) == host


@pytest.mark.parametrize(
    ("issuer", "proof", "words"),
    [
        ("did:web:issuer.example", "did:web", "Key listed at issuer.example"),
        ("https://issuer.example/profile", "https", "Key listed at issuer.example"),
        ("did:key:z6Mk", "did:key", "Known by its key only"),
        ("did:jwk:e30", "did:jwk", "Known by its key only"),
    ],
)
def test_what_is_proven_of_an_issuer_is_said_in_words(issuer: str, proof: str, words: str) -> None:
    assert issuer_mark(proof, IssuerSummary(issuer, None, None, (proof,)), "localhost:8000").words == words
