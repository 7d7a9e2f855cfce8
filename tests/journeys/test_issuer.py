"""Somebody who awards badges: sign in, upload a list, look at every row, award, and hand out what came of it."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.site import ROOT, Site
from tests.journeys.test_employer import choose, headline

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SAMPLES = ROOT / "credentials" / "samples"


def upload(page: "Page", file: Path, achievement: str, duplicates: str = "Issue again") -> None:
    """From the overview or the form to the page that shows the checked file."""
    if headline(page) == "Overview":
        page.get_by_role("link", name=f"Award {achievement}", exact=True).click()
        assert page.locator("input[name=achievement]:checked").count() == 1
    else:
        page.get_by_label(achievement, exact=True).check()
    page.get_by_label("List of people").set_input_files(file)
    page.get_by_label(re.compile(duplicates)).check()
    page.get_by_role("button", name="Check the file").click()


def test_a_wrong_password_is_answered_in_words(visit: Visit) -> None:
    page = visit("/dashboard/")
    assert headline(page) == "Sign in"
    page.get_by_label("E-mail address").fill("demo@touchstone.example")
    page.get_by_label("Password").fill("not the password")
    page.locator("main button").click()
    assert page.locator("[role=alert]").is_visible()
    assert page.title().startswith("Error")


def test_a_file_becomes_credentials_while_the_page_counts(visit: Visit, site: Site) -> None:
    page = visit("/dashboard/", signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Operating Systems")
    assert headline(page) == "Check before you award"
    assert page.locator("tbody tr").count() == 25
    page.get_by_role("button", name="Award 25").click()
    assert page.locator("h2#count").inner_text() == "0 of 25 done"
    page.get_by_role("button", name="Undo").click()
    assert headline(page) == "Check before you award"
    page.get_by_role("button", name="Award 25").click()
    page.get_by_role("button", name="Award now, without waiting").click()

    site.work()
    page.get_by_text("Finished", exact=True).wait_for(timeout=20_000)
    assert page.locator("h2#count").inner_text() == "25 of 25 done"
    assert page.locator("progress").evaluate("bar => bar.value") == 25

    page.get_by_role("link", name=re.compile("Open the credential of")).nth(1).click()
    assert page.locator(".cred .tag").first.inner_text() == "Valid now"
    with page.expect_download() as download:
        page.get_by_role("link", name="PNG").click()
    picture = Path(download.value.path()).read_bytes()
    page.goto(f"{site.url}/verify")
    choose(page, "badge.png", picture, "image/png")
    assert headline(page) == "Valid credential"


def test_the_same_without_script(visit: Visit, site: Site) -> None:
    page = visit("/dashboard/award", script=False, signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Programming in Python")
    page.get_by_role("button", name="Award 25").click()
    assert page.locator("h2#count").inner_text() == "0 of 25 done"
    page.get_by_role("button", name="Award now, without waiting").click()
    site.work()
    page.get_by_role("link", name="Refresh").click()
    assert page.locator("h2#count").inner_text() == "25 of 25 done"
    assert page.locator("progress").get_attribute("value") == "25"


def test_a_second_click_awards_nothing_twice(visit: Visit, site: Site) -> None:
    page = visit("/dashboard/award", signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Cloud Security Practitioner")
    other_tab = visit(page.url, signed_in=True)
    other_tab.route("**/progress", lambda _: None)  # else it may see that the batch began, and take the button away
    page.get_by_role("button", name="Award 25").dblclick()
    page.locator("h2#count").wait_for()
    other_tab.get_by_role("button", name="Award 25").click()
    page.get_by_role("button", name="Award now, without waiting").click()
    other_tab.get_by_role("button", name="Award now, without waiting").click()
    site.work()
    page.goto(page.url)
    page.get_by_text("Finished", exact=True).wait_for(timeout=20_000)
    figures = page.locator(".figures dd").all_inner_texts()
    assert figures == ["25", "0", "0", "0"]


def test_a_file_with_errors_says_where_and_how_to_put_it_right(visit: Visit) -> None:
    page = visit("/dashboard/award", signed_in=True)
    upload(page, SAMPLES / "learners-errors.csv", "IT Security")
    first = page.locator("tbody tr").first
    assert first.locator("mark").inner_text() == "row3@@example.org"
    assert "Row 3, column email:" in first.inner_text()
    assert re.match(r"\d+ errors: check before you award", page.title())
    assert page.get_by_role("button", name="Award the 2 good rows").is_visible()


def test_a_checked_file_can_be_dropped(visit: Visit) -> None:
    page = visit("/dashboard/award", signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Health Informatics Essentials")
    checked = page.url
    page.get_by_role("button", name="Drop this file").click()
    assert headline(page) == "Award many"
    page.goto(checked)
    assert page.locator("section .tag-l").inner_text() == "Cancelled"
    assert page.get_by_role("button", name=re.compile("Award")).count() == 0


def test_a_file_that_is_no_list_is_refused_with_a_cure(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b"\x89PNG\r\n\x00\x00")
    page = visit("/dashboard/award", signed_in=True)
    upload(page, file, "IT Security")
    assert "This file cannot be read" in page.locator("[role=alert]").inner_text()
    assert page.locator("input[name=achievement]:checked").count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_columns_of_any_name_are_matched_and_the_choice_is_kept(visit: Visit, tmp_path: Path, script: bool) -> None:
    file = tmp_path / "people.csv"
    rows = "".join(f"Zoë;Sample {number} (SAMPLE);zoe-{script}-{number}@example.org;red\n" for number in range(3))
    file.write_text(f"Vorname;Nachname;E-Mail-Adresse;Lieblingsfarbe\n{rows}", encoding="utf-8")
    page = visit("/dashboard/award", script=script, signed_in=True)
    upload(page, file, "IT Security")
    assert headline(page) == "What does each column mean?"
    chosen = [each.evaluate("field => field.value") for each in page.locator("select").all()] if script else []
    assert chosen in ([], ["given_name", "family_name", "email", "-"])
    page.get_by_label("Meaning of E-Mail-Adresse").select_option("Leave it out")
    page.get_by_role("button", name="Check the rows").click()
    assert "The column email is missing." in page.locator("[role=alert]").inner_text()
    page.get_by_label("Meaning of E-Mail-Adresse").select_option("E-mail address")
    page.get_by_role("button", name="Check the rows").click()
    assert headline(page) == "Check before you award"
    assert page.locator("tbody th").first.inner_text() == "Zoë Sample 0 (SAMPLE)"


def test_a_batch_is_paused_resumed_cancelled_and_recalled(visit: Visit, site: Site) -> None:
    page = visit("/dashboard/award", signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Operating Systems")
    page.get_by_role("button", name="Award 25").click()
    page.get_by_role("button", name="Award now, without waiting").click()
    page.get_by_role("button", name="Pause").click()
    assert page.locator("section .tag-l").inner_text() == "Paused"
    page.get_by_role("button", name="Resume").click()
    site.work()
    page.get_by_text("Finished", exact=True).wait_for(timeout=20_000)
    page.get_by_role("link", name="Recall all").click()
    page.get_by_label("Awarded by mistake").check()
    page.get_by_label("Type 25 to confirm").fill("24")
    page.get_by_role("button", name="Recall all").click()
    assert page.title().startswith("Error")
    page.get_by_label("Type 25 to confirm").fill("25")
    page.get_by_role("button", name="Recall all").click()
    assert page.get_by_role("heading", name="Being recalled").is_visible()
    site.work()
    page.get_by_role("heading", name="Recalled on").wait_for(timeout=20_000)
    page.get_by_role("link", name=re.compile("Open the credential of")).first.click()
    assert page.locator(".cred .tag").first.inner_text() == "Revoked"


def test_a_badge_is_revoked_without_script_and_whoever_checks_it_reads_why(visit: Visit, site: Site) -> None:
    page = visit("/dashboard/award", script=False, signed_in=True)
    upload(page, SAMPLES / "learners-25.csv", "Designing Online Courses")
    page.get_by_role("button", name="Award 25").click()
    page.get_by_role("button", name="Award now, without waiting").click()
    site.work()
    page.goto(f"{site.url}/dashboard/")
    page.get_by_role("link", name="Awards of Designing Online Courses").click()
    assert page.locator("tbody tr").count() >= 25
    page.locator("tbody a").first.click()
    public = page.get_by_role("link", name="Public page").get_attribute("href")
    page.get_by_role("link", name="Revoke").click()
    code = re.search(
        r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}", page.get_by_label("to confirm").evaluate("e => e.labels[0].innerText")
    )
    assert code is not None
    page.get_by_label("Misconduct or false statements").check()
    page.get_by_label("Public note (optional)").fill("The exam was taken by somebody else")
    page.get_by_label("to confirm").fill("0000")
    page.get_by_role("button", name="Revoke").click()
    assert "This is not the code of the award" in page.locator("main").inner_text()
    page.get_by_label("to confirm").fill(code[0].lower())
    page.get_by_role("button", name="Revoke").click()
    assert page.get_by_text("Revoked. Verifiers refuse it within seconds.").is_visible()
    assert "Misconduct or false statements" in page.locator("section[aria-labelledby=history]").inner_text()
    page.goto(f"{site.url}/verify?url={site.url}{public}")
    assert headline(page).startswith("Revoked on")
    assert "The exam was taken by somebody else" in page.locator("main").inner_text()
    assert "Misconduct" not in page.locator("main").inner_text()
