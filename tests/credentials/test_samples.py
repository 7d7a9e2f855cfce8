"""Sample data: complete, plainly fictional, readable by our own importer, and loaded once."""

import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from credentials import badge_art, durations
from credentials.batches import issue_next_chunk
from credentials.checked_rows import create_batch
from credentials.imports.rows import FileReading, read_awards
from credentials.imports.values import ResultRule, RowValues, Rules
from credentials.models import Achievement, AchievementVersion, Award, Batch
from credentials.samples import load
from credentials.samples.awards import SAMPLE_AWARDS, award_samples
from credentials.samples.catalogue import ISSUERS
from credentials.samples.load import SampleSlugTaken, load_samples
from credentials.samples.values import SampleAchievement, SampleIssuer
from credentials.transitions import start_batch
from issuers.models import Course, Issuer, Member, SigningKey
from learners.models import User

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
FOLDER = Path(load.__file__).parent
ALL = [(issuer, achievement) for issuer in ISSUERS for achievement in issuer.achievements]
ACHIEVEMENTS = pytest.mark.parametrize("achievement", [a for _, a in ALL], ids=lambda a: a.slug)
DEGREE_WORDS = re.compile(
    r"degree|diplom|bachelor|master|doctor|licenciatura|grado|título|máster|学位|学士|修士|博士", re.IGNORECASE
)
RESERVED_DOMAINS = re.compile(r"[^@\s]+@example\.(com|net|org)", re.IGNORECASE)


def read(name: str, achievement: SampleAchievement | None = None) -> FileReading:
    descriptions = achievement.definition()["result_descriptions"] if achievement else []
    return read_awards((FOLDER / name).read_bytes(), rules=Rules.for_achievement(descriptions, today=NOW.date()))


def named(slug: str) -> SampleAchievement:
    return next(achievement for _, achievement in ALL if achievement.slug == slug)


# What the samples say


def test_there_are_enough_issuers_and_achievements_to_look_around() -> None:
    assert len(ISSUERS) >= 3
    assert len(ALL) >= 12
    assert len({issuer.country_code for issuer in ISSUERS}) >= 3


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda issuer: issuer.slug)
def test_an_issuer_says_that_it_is_a_sample(issuer: SampleIssuer) -> None:
    assert "sample" in issuer.name.lower()
    assert re.search(r"fictional|ficticia|架空", issuer.facts["description"])
    assert issuer.facts["email"].endswith(".example")


@ACHIEVEMENTS
def test_an_achievement_says_that_it_is_a_sample(achievement: SampleAchievement) -> None:
    assert achievement.definition()["tags"][0] == "SAMPLE"
    assert re.search(r"fictional|ficticia|erfunden|架空", achievement.description)


@ACHIEVEMENTS
def test_every_mandatory_eu_element_is_stated(achievement: SampleAchievement) -> None:
    """M2 and M6 to M11 of Council Recommendation 2022/C 243/02; M1, M3 to M5 come from award and issuer."""
    stated = (
        achievement.name,
        achievement.outcomes,
        achievement.workload,
        achievement.eqf_level,
        achievement.assessment_type,
        achievement.participation_form,
        achievement.quality_assurance_type,
    )
    assert all(stated)


@ACHIEVEMENTS
def test_columns_take_the_values_as_they_are(achievement: SampleAchievement) -> None:
    version = AchievementVersion(
        number=1, image_svg="<svg/>", image_png=b"png", created_at=NOW, **achievement.definition()
    )
    version.clean_fields(exclude=["achievement", "result_descriptions"])


@ACHIEVEMENTS
def test_there_are_one_to_eight_outcomes(achievement: SampleAchievement) -> None:
    assert 1 <= len(set(achievement.outcomes)) == len(achievement.outcomes) <= 8


@ACHIEVEMENTS
def test_a_micro_credential_is_assessed_and_does_not_call_itself_a_degree(achievement: SampleAchievement) -> None:
    if achievement.achievement_type == "MicroCredential":
        assert achievement.assessment_type != "attendance"
        assert not DEGREE_WORDS.search(achievement.name + " ".join(achievement.art.title))
    assert bool(achievement.validity) == (achievement.achievement_type == "Certification")


@ACHIEVEMENTS
def test_a_credit_stands_for_25_to_30_hours(achievement: SampleAchievement) -> None:
    hours = durations.hours(achievement.workload)
    if achievement.credits is not None:
        assert achievement.credit_framework == "ECTS"
        assert 25 <= hours / achievement.credits <= 30
    else:
        assert achievement.credit_framework == ""


@ACHIEVEMENTS
def test_the_title_on_the_badge_is_legible_at_64_pixels(achievement: SampleAchievement) -> None:
    for title in filter(None, (achievement.art.title, achievement.art.latin)):
        assert badge_art.title_size(title) >= badge_art.LEGIBLE_SIZE


def test_a_title_in_another_script_has_latin_letters_to_fall_back_on() -> None:
    for issuer, achievement in ALL:
        if "<text" in load.draw_art(achievement, issuer_name=issuer.name):
            assert "<text" not in load.draw_art(achievement, issuer_name=issuer.name, latin=True)


def test_slugs_are_unique_and_courses_exist() -> None:
    assert len({issuer.slug for issuer in ISSUERS}) == len(ISSUERS)
    for issuer in ISSUERS:
        slugs = [achievement.slug for achievement in issuer.achievements]
        assert len(set(slugs)) == len(slugs)
        assert {a.course for a in issuer.achievements} - {""} <= {course.slug for course in issuer.courses}


def test_the_five_parts_of_the_programme_add_up_to_it() -> None:
    programme = named("it-support-programme")
    parts = [a for _, a in ALL if a.stackability_text.startswith("One of the five parts")]
    assert len({part.course for part in parts}) == len(parts) == 5
    assert sum(durations.hours(part.workload) for part in parts) == durations.hours(programme.workload)
    assert sum((part.credits or Decimal(0) for part in parts), Decimal(0)) == programme.credits


def test_only_the_programme_names_a_real_one_and_says_that_it_is_not_connected() -> None:
    for issuer, achievement in ALL:
        if "Google" in str(achievement):
            assert issuer.slug == "sample-it-academy"
            assert "Google" not in achievement.name
            assert "modelled on" in achievement.description
            assert "not connected with it" in achievement.description


def test_result_columns_have_rules_of_both_kinds() -> None:
    rules = [ResultRule.from_description(item) for _, achievement in ALL for item in achievement.result_descriptions]
    assert any(rule.is_number and rule.maximum == 100 for rule in rules)
    assert any(rule.allowed == ("A", "B", "C", "D") for rule in rules)


# The lists of learners


@pytest.mark.parametrize(
    "name", ["learners-25.csv", "learners-1000.csv", "learners-results.csv", "learners-errors.csv"]
)
def test_learners_have_addresses_at_example_domains_only(name: str) -> None:
    rows = csv.DictReader(io.StringIO((FOLDER / name).read_text(encoding="utf-8")))
    addresses = [row["email"] for row in rows]
    if name == "learners-errors.csv":
        assert not re.search(r"@(?!example\.(org|com|net)\b|@)", " ".join(addresses), re.IGNORECASE)
    else:
        assert all(RESERVED_DOMAINS.fullmatch(address) for address in addresses)


def scripts(names: Iterator[str]) -> set[str]:
    return {unicodedata.name(letter).split()[0] for name in names for letter in name if letter.isalpha()}


@ACHIEVEMENTS
def test_25_learners_can_be_awarded_anything(achievement: SampleAchievement) -> None:
    reading = read("learners-25.csv", achievement)
    assert (len(reading.rows), reading.errors) == (25, [])


def test_25_learners_write_their_names_in_many_scripts() -> None:
    names = [values.name for _, values in read("learners-25.csv").rows]
    wanted = {"LATIN", "ARABIC", "CJK", "CYRILLIC", "GREEK", "DEVANAGARI", "HEBREW", "HANGUL", "THAI", "TAMIL"}
    assert scripts(iter(names)) >= wanted
    assert any("'" in name for name in names)
    assert any("-" in name for name in names)
    assert "Nguyễn Thị Ánh Tuyết" in names


def test_1000_learners_are_1000_people() -> None:
    reading = read("learners-1000.csv")
    assert reading.errors == []
    assert [values.email for _, values in reading.rows] == [f"learner{n:04}@example.org" for n in range(1, 1001)]
    assert len({values.name for _, values in reading.rows}) == 1000
    assert scripts(values.name for _, values in reading.rows) == {"LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI"}


def test_results_fit_the_achievement_that_they_are_for() -> None:
    reading = read("learners-results.csv", named("computer-networking"))
    assert reading.errors == []
    assert [dict(values.results).get("exam") for _, values in reading.rows] == ["88", "71.5", "94", None, "100"]


def test_each_faulty_row_shows_one_fault() -> None:
    reading = read("learners-errors.csv")
    assert [number for number, _ in reading.rows] == [2]
    assert {error.row: error.code for error in reading.errors} == {
        3: "email.two_ats",
        4: "email.no_at",
        5: "name.missing",
        6: "email.missing",
        7: "email.duplicate",
        8: "email.several",
        9: "date.ambiguous",
        10: "date.impossible",
        11: "date.until_before_from",
        12: "url.scheme",
        13: "url.ip_address",
        14: "evidence.name_without_url",
        15: "text.bidi",
        16: "text.newline",
        17: "row.too_many_cells",
    }
    assert len(reading.errors) == 15


# Loading


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user(email="owner@example.org", password="a long enough password")


FIRST = (ISSUERS[0],)


def changed(**values: object) -> tuple[SampleIssuer]:
    """The first sample issuer with other values in its first achievement."""
    first, *others = ISSUERS[0].achievements
    achievements = (dataclasses.replace(first, **values), *others)  # type: ignore[arg-type]
    return (dataclasses.replace(ISSUERS[0], achievements=achievements),)


def test_loading_makes_issuers_with_keys_courses_and_achievements(owner: User) -> None:
    loaded = load_samples(now=NOW, owner=owner)
    assert [item.issuer.slug for item in loaded] == [issuer.slug for issuer in ISSUERS]
    assert all(item.is_new and item.issuer.is_sample and item.issuer.logo_svg for item in loaded)
    assert SigningKey.objects.count() == 2 * len(ISSUERS)
    assert Course.objects.count() == sum(len(issuer.courses) for issuer in ISSUERS)
    assert Achievement.objects.count() == AchievementVersion.objects.count() == len(ALL)
    assert owner.memberships.filter(role=Member.Role.OWNER).count() == len(ISSUERS)
    for version in AchievementVersion.objects.all():
        assert bytes(version.image_png).startswith(b"\x89PNG")
        assert "SAMPLE" in version.tags


def test_loading_again_changes_nothing(owner: User) -> None:
    load_samples(now=NOW, owner=owner, issuers=FIRST)
    member = owner.memberships.get()
    member.role = Member.Role.VIEWER
    member.save()
    before = list(AchievementVersion.objects.order_by("pk").values())
    (again,) = load_samples(now=NOW, owner=owner, issuers=FIRST)
    assert (again.is_new, again.changed) == (False, 0)
    assert list(AchievementVersion.objects.order_by("pk").values()) == before
    assert owner.memberships.get().role == Member.Role.VIEWER


def test_a_changed_sample_that_nobody_holds_is_put_right(db: None) -> None:
    load_samples(now=NOW, issuers=FIRST)
    (again,) = load_samples(now=NOW, issuers=changed(name="Technical Support, Revised", duration_text="about 5 weeks"))
    version = Achievement.objects.get(slug="technical-support-fundamentals").current
    assert (again.changed, version.number, version.name) == (1, 1, "Technical Support, Revised")
    assert "Technical Support, Revised" in version.image_svg


def test_a_changed_sample_that_somebody_holds_gets_a_new_version(db: None) -> None:
    load_samples(now=NOW)
    award, *_ = award_samples(now=NOW)
    achievements = tuple(
        dataclasses.replace(a, duration_text="about 7 weeks") if a.slug == "it-security" else a
        for a in ISSUERS[0].achievements
    )
    load_samples(now=NOW, issuers=(dataclasses.replace(ISSUERS[0], achievements=achievements),))
    achievement = award.achievement_version.achievement
    assert [(v.number, v.duration_text) for v in achievement.versions.order_by("number")] == [
        (1, "about 6 weeks"),
        (2, "about 7 weeks"),
    ]
    award.refresh_from_db()
    assert award.achievement_version.number == 1


def test_a_real_issuer_at_the_same_address_is_left_alone(db: None) -> None:
    Issuer.objects.create(slug="sample-it-academy", name="A Real Academy", country_code="AT")
    with pytest.raises(SampleSlugTaken, match="sample-it-academy"):
        load_samples(now=NOW, issuers=FIRST)
    assert Achievement.objects.count() == 0


# Sample credentials and the command


def test_sample_credentials_are_issued_once(db: None) -> None:
    load_samples(now=NOW)
    first = award_samples(now=NOW)
    assert [award.external_id for award in first] == ["sample-1", "sample-2", "sample-3"]
    assert {award.state for award in first} == {Award.State.ISSUED}
    assert first[0].awarded_at.date() == date(2026, 6, 19)
    assert first[2].valid_until is not None
    assert award_samples(now=NOW) == first
    assert Batch.objects.filter(state=Batch.State.FINISHED).count() == len(SAMPLE_AWARDS)


def test_every_achievement_can_be_awarded_from_email_and_name_alone(db: None) -> None:
    load_samples(now=NOW)
    for achievement in Achievement.objects.select_related("issuer"):
        batch = create_batch(
            version=achievement.current,
            rows=[(2, RowValues(email="ada.example@example.org", name="Ada Example"))],
            file_name="one.csv",
            file_digest="0" * 64,
            duplicates=Batch.Duplicates.SKIP,
            created_by=None,
            now=NOW,
        )
        start_batch(batch_id=batch.pk, now=NOW)
        while issue_next_chunk(batch_id=batch.pk):
            pass
    assert Award.objects.filter(state=Award.State.ISSUED).count() == len(ALL)
    assert Batch.objects.exclude(state=Batch.State.FINISHED, issued=1).count() == 0


def run_demo(**options: object) -> list[str]:
    output = io.StringIO()
    call_command("demo", stdout=output, **options)
    return output.getvalue().splitlines()


def test_demo_prints_a_line_for_each_issuer_and_credential(db: None, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("a long enough password\n", encoding="utf-8")
    first = run_demo(email="guide@example.org", password_file=secret)
    assert [line.split(":")[0] for line in first[: len(ISSUERS)]] == [issuer.name for issuer in ISSUERS]
    assert all("(new)" in line for line in first[: len(ISSUERS)])
    assert len(first) == len(ISSUERS) + len(SAMPLE_AWARDS)
    user = User.objects.get(email="guide@example.org")
    assert user.is_demo
    assert user.check_password("a long enough password")
    assert user.memberships.count() == len(ISSUERS)
    second = run_demo(email="guide@example.org", password_file=secret)
    assert all("(unchanged)" in line for line in second[: len(ISSUERS)])
    assert second[len(ISSUERS) :] == first[len(ISSUERS) :]


def test_demo_without_a_password_makes_no_account(db: None) -> None:
    run_demo()
    assert not User.objects.exists()


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_demo_says_what_is_wrong_with_the_password_file(db: None, tmp_path: Path, content: str | None) -> None:
    secret = tmp_path / "password"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match="password"):
        run_demo(password_file=secret)
    assert not Issuer.objects.exists()
