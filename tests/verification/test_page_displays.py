"""The pages of a credential, an achievement and an issuer."""

from dataclasses import replace

import pytest

from openbadges.json_types import JsonObject
from openbadges.report import State
from tests.look import sample_pages
from tests.openbadges import samples
from verification.claims import read_achievement
from verification.credential_display import credential_view, link_notice
from verification.definition_display import achievement_view, card_meta, eu_elements


def test_a_valid_credential_has_no_banner_and_can_be_shared() -> None:
    view = sample_pages.credential()
    assert view.banner is None and view.state_words == "Valid now"
    assert [file.url for file in view.downloads] == [
        f"{view.page_path}.{kind}" for kind in ("png", "svg", "json", "jwt")
    ]
    assert "certId=" + sample_pages.RECORD.public_id in view.linkedin_url
    assert view.open_graph.image_url == f"{samples.CREDENTIAL}.png"


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("revoked", "Revoked on 22 November 2026"),
        ("suspended", "Suspended by the issuer"),
        ("superseded", "Replaced by a newer credential"),
        ("expired", "Expired on 12 March 2029"),
        ("not_yet_valid", "Not valid yet"),
    ],
)
def test_any_other_state_stands_above_the_badge_and_offers_no_profile_link(state: State, headline: str) -> None:
    view = sample_pages.credential(state, since=sample_pages.NOW, public_reason="Awarded by mistake.")
    assert view.banner is not None and view.banner.headline == headline
    assert view.linkedin_url == "" and not view.open_graph.title.startswith("Networking")


def test_a_reason_is_quoted_once_with_one_full_stop() -> None:
    view = sample_pages.credential("revoked", public_reason="Awarded by mistake.")
    assert view.banner is not None
    assert view.banner.explanation == "Reason given by the issuer: Awarded by mistake. Do not rely on it."


def test_all_stated_eu_elements_are_among_the_facts() -> None:
    values = {fact.value for group in sample_pages.credential().groups for fact in group.facts}
    claims = read_achievement(samples.achievement().to_json())
    for kind in (
        "assessmentType",
        "supervision",
        "EQFLevel",
        "NQFLevel",
        "EHEACycle",
        "entryRequirement",
        "stackability",
    ):
        assert claims.elements[kind] in values
    assert {"60 hours · 2 ECTS", "Online, at the learner's own pace", "English"} <= values


def test_facts_that_are_not_stated_are_left_out() -> None:
    bare: JsonObject = {"credentialSubject": {"achievement": {"name": "Bare"}}, "issuer": {"name": "Someone"}}
    view = credential_view(bare, record=sample_pages.RECORD, state="valid", now=sample_pages.NOW)
    assert [group.title for group in view.groups] == ["This award", "Who awarded it"]
    assert view.linkedin_url == ""


def test_eleven_of_eleven_elements_are_counted_and_a_missing_one_is_named() -> None:
    claims = read_achievement(samples.achievement().to_json())
    complete = eu_elements(claims, issuer_name="A", issuer_place="B")
    assert sum(1 for element in complete if element.is_mandatory and element.value) == 11
    achievement = {**samples.achievement().to_json(), "alignment": []}
    view = achievement_view(
        achievement, issuer_name="A", issuer_url="/a", issuer_place="", image_url="", page_url="https://a.example/1"
    )
    missing = {element.number for element in view.elements if not element.value}
    assert missing == {"M3", "M8", "M9", "M10", "M11"} and view.stated == 6


def test_a_card_says_hours_level_and_price_in_one_line() -> None:
    claims = read_achievement(samples.achievement().to_json())
    assert card_meta(claims, "free") == "60 hours, EQF 5, free"


def test_a_link_without_a_credential_says_what_to_do() -> None:
    assert "7K4M" in link_notice("not_found", asked="7K4M").explanation
    assert "22 November 2026" in link_notice("erased", erased_on=sample_pages.NOW).explanation
    assert all(link_notice(state).advice for state in ("unclaimed", "private", "not_found", "erased"))


def test_what_was_asked_for_is_shown_without_hidden_characters() -> None:
    assert "[U+202E]" in link_notice("not_found", asked="7K\u202e4M").explanation


def test_an_older_version_points_to_the_current_one() -> None:
    page = sample_pages.pages()["achievement-older"]
    assert "This is an older version." in page.render()
    current = replace(page.context["view"], current_url="")
    assert "This is an older version." not in replace(page, context={"view": current}).render()
