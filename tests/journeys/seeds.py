"""What the journeys meet: a credential in each state, texts at their limits, an unapproved issuer. All invented."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from credentials import recalls
from credentials.batches import issue_next_chunk
from credentials.checked_rows import create_batch
from credentials.codes import shown
from credentials.imports import RowValues
from credentials.imports.values import EvidenceLink
from credentials.models import Achievement, AchievementVersion, Award, Batch, Recall
from credentials.transitions import start_batch
from issuers.models import Issuer, Member
from issuers.services import add_member, create_issuer
from learners.models import User
from verification import evidence

EMAIL = "aleksandra@example.org"
HOLDER = "Aleksandra Wiśniewska-Hernández"
REASON = "Awarded by mistake: the exam record belonged to another person"
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Tuulikki-Þorvaldsdóttir " * 4
RTL_NAME = "محمد عبد الرحمن بن خالد الحسيني القرشي"
CJK_NAME = "欧阳明日香・サンプル太郎左衛門"
LONG_ISSUER = (
    "Interregional Example Consortium for Continuing Education, Applied Research and Vocational Guidance in the "
    "Fictional Provinces of North Samplia, South Samplia and the Outer Specimen Islands (SAMPLE)"
)
LONG_OUTCOME = (
    "Plan, carry out and evaluate a fictional maintenance programme for sample machinery, justify each decision in "
    "writing before a panel of specialists, and pass on what was learned to colleagues of other trades {}"
)


def plant(*, now: datetime) -> dict[str, dict[str, str]]:
    """Award one credential of each kind; give its facts by name: page, code, json, token."""
    security = Achievement.objects.get(issuer__slug="sample-it-academy", slug="it-security").current
    start, end = now - timedelta(days=420), now + timedelta(days=675)
    awards = {
        "valid": _award(security, _person(awarded_on=start.date(), valid_from=start, valid_until=end), now=now),
        "rtl": _award(security, RowValues("rtl@example.org", RTL_NAME), now=now),
        "cjk": _award(security, RowValues("cjk@example.org", CJK_NAME), now=now),
        **_in_each_state(security, now=now),
        **_at_the_limits(now=now),
    }
    return {name: _facts(award) for name, award in awards.items()}


def _person(name: str = HOLDER, **values: Any) -> RowValues:
    proof = EvidenceLink("https://portfolio.example.org/aleksandra/security-review", "Security review")
    return RowValues(EMAIL, name, evidence=(proof,), results=(("exam", "91"),), **values)


def _in_each_state(version: AchievementVersion, *, now: datetime) -> dict[str, Award]:
    """The states of a record that services of later parts will set."""
    week_ago = now - timedelta(days=7)
    newer = _award(version, _person(), now=now)
    changes: dict[str, dict[str, Any]] = {
        "revoked": {"state": Award.State.REVOKED, "state_since": week_ago, "public_reason": REASON},
        "suspended": {"state": Award.State.SUSPENDED, "state_since": week_ago},
        "superseded": {"state": Award.State.SUPERSEDED, "state_since": week_ago, "replaced_by": newer},
        "unclaimed": {"delivery": Award.Delivery.CLAIM},
        "private": {"visibility": Award.Visibility.PRIVATE},
        "erased": {"erased_at": week_ago},
    }
    awarded = _person(awarded_on=(now - timedelta(days=14)).date())
    awards = {name: _award(version, awarded, now=now) for name in changes}
    for name, columns in changes.items():
        Award.objects.filter(pk=awards[name].pk).update(**columns)
    expired = _person(valid_from=now - timedelta(days=400), valid_until=now - timedelta(days=35))
    early = _person(valid_from=now + timedelta(days=30), valid_until=now + timedelta(days=400))
    return awards | {
        "expired": _award(version, expired, now=now),
        "not_yet_valid": _award(version, early, now=now),
    }


def _at_the_limits(*, now: datetime) -> dict[str, Award]:
    art = Achievement.objects.get(issuer__slug="sample-it-academy", slug="it-security").current
    pictures = {"image_svg": art.image_svg, "image_png": art.image_png, "created_at": now}
    long_issuer = create_issuer(
        slug="long", name=LONG_ISSUER, country_code="AT", is_sample=True, approved_at=now, now=now
    )
    unapproved = create_issuer(slug="unapproved", name="Unproven School (SAMPLE)", country_code="NL", now=now)
    for issuer in (long_issuer, unapproved):
        for user in User.objects.filter(is_demo=True):
            add_member(issuer=issuer, user=user, role=Member.Role.AWARDER)
    long_version = _version(
        long_issuer,
        name="Maintenance of sample machinery and its fictional surroundings, with particular regard to everything "
        * 2,
        achievement_type="MicroCredential",
        outcomes=[LONG_OUTCOME.format(number)[:200] for number in range(1, 9)],
        assessment_type="exam",
        assessment_text="Practical examination in four parts before three examiners, with a written report " * 2,
        skills=[{"name": f"sample skill number {number} with a rather long name"} for number in range(1, 9)],
        **pictures,
    )
    bare = _version(unapproved, name="Attendance (SAMPLE)", achievement_type="CertificateOfCompletion", **pictures)
    return {
        "long": _award(long_version, RowValues("long@example.org", LONG_NAME[:200]), now=now),
        "bare": _award(bare, RowValues("bare@example.org", "Bo Bare"), now=now),
    }


def _version(issuer: Issuer, *, name: str, **facts: Any) -> AchievementVersion:
    achievement = Achievement.objects.create(issuer=issuer, slug="only")
    return AchievementVersion.objects.create(
        achievement=achievement, number=1, name=name[:200], description="An invented achievement.", **facts
    )


def _award(version: AchievementVersion, values: RowValues, *, now: datetime) -> Award:
    batch = create_batch(
        version=version,
        rows=[(2, values)],
        file_name="seeds.csv",
        file_digest="0" * 64,
        duplicates=Batch.Duplicates.ISSUE,
        created_by=None,
        now=now,
    )
    start_batch(batch_id=batch.pk, now=now)
    work_off()
    return Award.objects.select_related("token_key").get(batch=batch)


def work_off() -> None:
    """Do what the workers do, until no batch and no recall is left."""
    for key in Batch.objects.filter(state=Batch.State.RUNNING).values_list("pk", flat=True):
        while issue_next_chunk(batch_id=key):
            pass
    for recall in Recall.objects.filter(finished_at=None):
        while recalls.revoke_next_part(recall_id=recall.pk, now=timezone.now()):
            pass


def _facts(award: Award) -> dict[str, str]:
    return {
        "page": f"/c/{award.public_id}",
        "code": shown(award.code),
        "json": award.document,
        "token": evidence.token_text(award),
    }
