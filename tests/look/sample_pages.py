"""Every page in every state, with invented people and organisations: for tests, and to look at."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from credentials.display import (
    BatchView,
    Cell,
    Choice,
    ChoiceGroup,
    DryRunView,
    FailedRow,
    FileFault,
    IssuedRow,
    RecallView,
    RowPreview,
    Tab,
)
from learners.models import User
from learners.sign_in import SignInForm
from openbadges.errors import LinkUnreachable
from openbadges.facts import Evidence, LinkState, StatusFact
from openbadges.json_types import JsonObject
from openbadges.judge import judge
from openbadges.receipts import Receipt
from openbadges.report import EndorsementSummary, IssuerSummary, Report, State
from tests.openbadges import cases, samples
from verification.claims import Fact
from verification.credential_display import CredentialView, credential_view, link_notice
from verification.definition_display import AchievementCard, IssuerEntry, IssuerView, KeyLine, achievement_view
from verification.display import Asked, ForeignLink, OwnRecord, Sample, VerdictView, verdict_view
from verification.receipt_display import ReceiptView, receipt_view
from verification.scale import example_when

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BATCH = UUID("4b1f9a52-1c1e-4f57-9a0e-0d8b3f6d2c11")
HOLDER = "Aleksandra Wiśniewska-Hernández"
BADGE = "/static/img/example-badge.svg"
HOST = "localhost:8000"
RECORD = OwnRecord(
    public_id=samples.CREDENTIAL.rpartition("/")[2],
    code="7K4M-9QXD-2HPF",
    page_url=samples.CREDENTIAL,
    image_url=BADGE,
    issuer_url="/issuers/sample-it-academy",
    achievement_url=samples.ACHIEVEMENT.removeprefix(samples.ORIGIN),
    is_sample=True,
    issuer_is_approved=True,
)
# One of each kind, for checks that take long.
PAGES_TO_LOOK_AT = (
    "home",
    "verify-box",
    "verify-error",
    "verify-foreign",
    "verify-valid",
    "verify-revoked",
    "verify-altered",
    "verify-issuer_unproven",
    "verify-not_found",
    "verify-key-only",
    "verify-elsewhere",
    "verify-imitating",
    "verify-unreachable",
    "verify-unreachable-link",
    "verify-holder-match",
    "verify-holder-wait",
    "receipt",
    "receipt-error",
    "wait",
    "credential-valid",
    "credential-expired",
    "credential-private",
    "embed",
    "issuer",
    "achievement",
    "sign-in-error",
    "dashboard",
    "dashboard-empty",
    "award-error",
    "columns-error",
    "checking",
    "dry-run",
    "batch-held",
    "recall-error",
    "batch",
    "batch-finished",
    "awards",
    "awards-none",
    "award-suspended",
    "award-change-error",
    "award-correct-error",
    "audit",
    "error-404",
)
ASKED = Asked.of_text(samples.CREDENTIAL)
RECEIPT = ".".join(("eyJhbGciOiJFUzI1NiIsImtpZCI6Im" * 6, "eyJpc3MiOiJkaWQ6d2ViOmxvY2FsaG" * 30, "SAMPLE" * 14))


@dataclass(frozen=True)
class Page:
    """A template with what it is given, at an address; `signed_in` renders it for an issuer's member."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    path: str = "/verify"
    signed_in: bool = False
    has_request: bool = True

    def render(self) -> str:
        if not self.has_request:
            return render_to_string(self.template, self.context)
        request = RequestFactory().get(self.path)
        request.user = User(name="Þórunn Guðmundsdóttir") if self.signed_in else AnonymousUser()
        request.resolver_match = resolve(self.path)
        get_token(request)
        return render_to_string(self.template, self.context, request)


@cache
def document(**changes: Any) -> JsonObject:
    """A signed credential of the sample issuer."""
    return cases.sign(samples.eu_complete(**{"name": HOLDER, **changes}).to_json())


def report(**changes: Any) -> Report:
    """The verdict on an own credential."""
    evidence = cases.Presented(document()).ours(issuer=cases.issuer(own=True, proven_by=("did:web", "operator")))
    return judge(replace(evidence, **changes), now=NOW)


def _with_record(state: Any, **changes: Any) -> Report:
    fact = replace(cases.record(document()), state=state, since=datetime(2026, 10, 14, tzinfo=UTC), **changes)
    return report(record=fact, status=StatusFact(value=state != "issued", list_age_seconds=12))


def verdicts() -> dict[State, VerdictView]:
    """A page for each state that `judge` knows."""
    reason = "Awarded by mistake: the exam record belonged to another person"
    since = datetime(2026, 10, 14, tzinfo=UTC)
    newer = "/c/7a1e2d3c-4b5a-4678-9abc-def012345678"
    past = judge(cases.Presented(document()).ours(), now=datetime(2030, 1, 1, tzinfo=UTC))
    early = judge(cases.Presented(document(valid_from=datetime(2027, 1, 1, tzinfo=UTC))).ours(), now=NOW)
    changed = {**document(), "name": "Something else"}
    altered = judge(cases.Presented(changed).elsewhere(), now=NOW)
    unreachable = StatusFact(value=None, code="status.unreachable")
    unlisted = cases.key_fact(listed=False)
    elsewhere = cases.Presented(document())
    own = {
        "valid": (report(), RECORD),
        "revoked": (
            _with_record("revoked", public_reason=reason),
            replace(RECORD, state="revoked", since=since, public_reason=reason),
        ),
        "suspended": (_with_record("suspended"), replace(RECORD, state="suspended", since=since)),
        "superseded": (
            _with_record("superseded", replaced_by=newer),
            replace(RECORD, state="superseded", since=since, replaced_by=newer),
        ),
        "expired": (past, RECORD),
        "not_yet_valid": (early, RECORD),
    }
    other: dict[str, Report] = {
        "altered": altered,
        "issuer_unproven": judge(elsewhere.elsewhere(issuer=cases.issuer(keys=unlisted, name=None)), now=NOW),
        "unreachable": judge(elsewhere.elsewhere(status=unreachable), now=NOW),
        "not_checked": judge(elsewhere.elsewhere(status=StatusFact(value=None, code="status.not_held")), now=NOW),
        "not_accepted": judge(cases.Presented(cases.sign(_without_achievement_name())).elsewhere(), now=NOW),
        "unreadable": judge(Evidence("png"), now=NOW),
        **{state: _link(state) for state in ("unclaimed", "private", "not_found", "erased")},
    }
    views: dict[State, VerdictView] = {
        found.state: verdict_view(found, record=record, asked=ASKED, host=HOST) for found, record in own.values()
    }
    file = Asked.of_file("certificate-final(2).png", 214_000)
    return views | {found.state: verdict_view(found, asked=file, host=HOST) for found in other.values()}


def _link(state: Any) -> Report:
    return judge(Evidence("link", link_state=state, link_detail="7K4M-9QX" if state == "not_found" else ""), now=NOW)


def _without_achievement_name() -> JsonObject:
    unsigned = samples.eu_complete(name=HOLDER).to_json()
    subject = unsigned["credentialSubject"]
    assert isinstance(subject, dict) and isinstance(subject["achievement"], dict)
    achievement = {name: value for name, value in subject["achievement"].items() if name != "criteria"}
    return {**unsigned, "credentialSubject": {**subject, "achievement": achievement}}


def key_only() -> VerdictView:
    """Valid, and nobody is named."""
    return verdict_view(judge(cases.did_key_evidence(), now=NOW), asked=ASKED, host=HOST)


def elsewhere() -> VerdictView:
    """Valid, from a link to another platform, with an endorsement; named as author is somebody else."""
    unsigned = samples.eu_complete(name=HOLDER).to_json()
    subject = unsigned["credentialSubject"]
    assert isinstance(subject, dict) and isinstance(subject["achievement"], dict)
    creator: JsonObject = {"id": "https://known.example", "type": ["Profile"], "name": "Well-known Institute (SAMPLE)"}
    achievement = {**subject["achievement"], "creator": creator}
    signed = cases.sign({**unsigned, "credentialSubject": {**subject, "achievement": achievement}})
    found = judge(cases.Presented(signed).elsewhere(issuer=cases.issuer(name=None, proven_by=("did:web",))), now=NOW)
    endorser = IssuerSummary("did:web:council.example", None, "Sample Council", ("did:web",))
    endorsed = replace(found, endorsements=(EndorsementSummary(endorser, "We count it for junior roles."),))
    asked = Asked.of_text("https://badges.example/c/17")
    return verdict_view(endorsed, asked=asked, host=HOST, site="badges.example")


def imitating() -> VerdictView:
    """Valid, from an issuer whose name has a Cyrillic letter, for a holder with a hidden one."""
    unsigned = samples.eu_complete(name="Ada\u202eelpmaS").to_json()
    issuer = unsigned["issuer"]
    assert isinstance(issuer, dict)
    signed = cases.sign({**unsigned, "issuer": {**issuer, "name": "Sаmple IT Academy"}})
    fact = cases.issuer(name=None, proven_by=("did:web",))
    return verdict_view(judge(cases.Presented(signed).elsewhere(issuer=fact), now=NOW), asked=ASKED, host=HOST)


def with_receipt() -> VerdictView:
    """Valid, with a receipt to save."""
    return replace(verdict_view(report(), record=RECORD, asked=ASKED, host=HOST), receipt=RECEIPT)


def receipt(found: Report) -> ReceiptView:
    """The page of a receipt; `RECEIPT` stands for its text."""
    said = Receipt.of(found, issuer="did:web:localhost%3A8000", presented=samples.CREDENTIAL, credential="{}")
    return receipt_view(replace(said, status_list_ages=(42,)), RECEIPT)


def unreachable_link() -> VerdictView:
    """A link to a site that does not answer."""
    error = LinkUnreachable("badges.example gave no badge: the site did not answer in time.")
    asked = Asked.of_text("https://badges.example/c/17")
    return verdict_view(
        judge(Evidence("link", read_error=error), now=NOW), asked=asked, host=HOST, site="badges.example"
    )


def matched(address: str) -> VerdictView:
    """After "Check the holder"."""
    return verdict_view(report(recipient=address), record=RECORD, asked=ASKED, host=HOST)


def credential(state: State = "valid", **changes: Any) -> CredentialView:
    return credential_view(document(), record=replace(RECORD, **changes), state=state, now=NOW)


def cards() -> tuple[AchievementCard, ...]:
    def card(name: str, issuer: str, meta: str, language: str = "en") -> AchievementCard:
        address = samples.ACHIEVEMENT.removeprefix(samples.ORIGIN)
        return AchievementCard(name, address, issuer, BADGE, meta, is_sample=True, language=language)

    return (
        card("IT Support Essentials", "Sample IT Academy", "60 hours, EQF 4, free"),
        card("Patient Care Basics", "Instituto Ficticio de Salud Pública", "40 hours, EQF 3, 90 EUR"),
        card("ソーラー設計の基礎", "サンプル技術学院", "50 hours, EQF 5, free", "ja"),
    )


def issuer_view(**changes: Any) -> IssuerView:
    view = IssuerView(
        name="Sample IT Academy",
        description="A fictional academy that teaches people to keep small offices running.",
        url="https://academy.example/",
        email="badges@academy.example",
        place="Vienna, Austria",
        parent_name="Sample University",
        legal_ids=(Fact("VAT", "SAMPLE-0001"),),
        did=samples.ISSUER_DID,
        page_url=f"{samples.ORIGIN}/issuers/sample-it-academy",
        did_url="/issuers/sample-it-academy/did.json",
        is_sample=True,
        approved_by=HOST,
        approved_at=NOW,
        achievements=cards(),
        keys=(KeyLine("key-1", "Ed25519", "active", NOW), KeyLine("token-1", "P-256", "active", NOW)),
    )
    return replace(view, **changes)


def batch(**changes: Any) -> BatchView:
    view = BatchView(
        public_id=BATCH,
        file_name="november-cohort.csv",
        achievement_name="Computer Networks",
        state="running",
        total=1000,
        issued=607,
        skipped=3,
        failed=2,
        created_at=NOW,
        started_at=NOW - timedelta(seconds=36),
        finished_at=None,
        created_by="Þórunn Guðmundsdóttir",
        updated_at=NOW,
        failed_rows=(
            FailedRow(204, "Anna Þorvaldsdóttir", "evidence_url", "This address is not public. Give a public one."),
            FailedRow(
                591, "محمد عبد الرحمن الحسيني", "result.grade", "“A++” is not allowed. Give a grade from A to F."
            ),
        ),
    )
    return replace(view, **changes)


def finished_batch() -> BatchView:
    names = (HOLDER, "Nguyễn Thị Minh Khuê", "Нина Александровна Кузнецова", "陳美玲 (Chan Mei-ling)")
    rows = tuple(
        IssuedRow(number, name, "7K4M-9QXD-2HPF", f"/c/{RECORD.public_id}", f"/dashboard/awards/{RECORD.public_id}")
        for number, name in enumerate(names, start=2)
    )
    return batch(
        state="finished", total=4, issued=4, skipped=0, failed=0, failed_rows=(), issued_rows=rows, finished_at=NOW
    )


def recalled(**changes: Any) -> BatchView:
    recall = RecallView("Awarded by mistake", "These were meant for the next class.", NOW, NOW, 4, 4, **changes)
    return replace(finished_batch(), recall=recall)


def columns() -> list[dict[str, Any]]:
    """As the page that matches them has them; one header is long and one is missing."""
    found = (
        ("E-Mail-Adresse", ("wisniewska@mail.example", "minhkhue@mail.example", ""), "email"),
        ("Vorname", ("Aleksandra", "Minh Khuê", "Нина"), "given_name"),
        ("Nachname", ("Wiśniewska-Hernández", "Nguyễn Thị", "Кузнецова"), "family_name"),
        ("Bemerkungen der Prüfungskommission zum Verlauf der mündlichen Prüfung", ("keine", "", "x" * 80), "-"),
        ("", ("7", "8", "9"), "-"),
    )
    return [
        {"field": f"column-{number}", "header": header, "samples": samples, "chosen": chosen}
        for number, (header, samples, chosen) in enumerate(found)
    ]


def dry_run(**changes: Any) -> DryRunView:
    day = Cell("2026-02-27")
    view = DryRunView(
        file_name="november-cohort.csv",
        achievement_name="IT Support Essentials",
        ticket=str(BATCH),
        duplicates="skip",
        duplicates_words="Skip people who hold it already",
        total=25,
        new=22,
        renewals=0,
        held=1,
        errors=2,
        rows=(
            RowPreview(
                17,
                Cell("Anna Þorvaldsdóttir"),
                Cell("anna@@uni", is_wrong=True),
                day,
                "error",
                ("Row 17, column email: “anna@@uni” is not an address.",),
            ),
            RowPreview(
                23,
                Cell("", is_wrong=True),
                Cell("j.doe@mail.example"),
                Cell("31/02/2026", is_wrong=True),
                "error",
                ("Row 23, column name: a name is needed.", "Row 23, column awarded_on: write it as 2026-02-28."),
            ),
            RowPreview(5, Cell("Maria del Carmen Etxeberria"), Cell("mc@mail.example"), day, "held"),
            RowPreview(2, Cell("Nguyễn Thị Minh Khuê"), Cell("minhkhue@mail.example"), day, "new"),
            RowPreview(3, Cell("Нина Александровна Кузнецова"), Cell("n.k@mail.example"), day, "new"),
        ),
        notes=("The file is not UTF-8 and was read as Windows-1252. Check that accented letters look right.",),
        tabs=(Tab("All", 25, "?", True), Tab("Errors", 2, "?kind=error", False), Tab("New", 22, "?kind=new", False)),
        next_page="?after=r3",
        can_match_columns=True,
    )
    return replace(view, **changes)


def groups() -> tuple[ChoiceGroup, ...]:
    """What can be awarded, by issuer; the last has nothing yet."""
    return (
        *(
            ChoiceGroup(
                card.issuer_name, "/issuers/sample-it-academy", (Choice(str(UUID(int=n)), card.name, BADGE, card.url),)
            )
            for n, card in enumerate(cards())
        ),
        ChoiceGroup("Unproven School (SAMPLE)", "/issuers/unproven", ()),
    )


def pages() -> dict[str, Page]:
    """All pages by name."""
    from tests.look.sample_award_pages import award_pages  # it uses what stands here

    return {**_public_pages(), **_definition_pages(), **_dashboard_pages(), **award_pages(), **_error_pages()}


def _public_pages() -> dict[str, Page]:
    home = {
        "nav": "check",
        "asked": Asked(),
        "example": example_when(NOW),
        "achievements": cards(),
        "achievement_count": 12,
        "issuers": [
            IssuerEntry("Interregional Example Consortium for Continuing Education and Research", "/issuers/long", 7),
            IssuerEntry("Sample IT Academy", "/issuers/it", 1),
        ],
        "samples": [Sample("IT Support Essentials", HOLDER, RECORD.code, RECORD.page_url)],
    }
    foreign = ForeignLink("https://badges.example/c/17", "badges.example")
    found = {
        f"verify-{state}": Page("verify.html", {"nav": "check", "view": view}) for state, view in verdicts().items()
    }
    nothing = judge(Evidence("json"), now=NOW)
    refused = "Do not rely on this: The signature does not fit the token."
    return {
        "receipt": Page("receipt.html", {"nav": "check", "view": receipt(report())}, "/verify/receipt"),
        "receipt-unreadable": Page("receipt.html", {"nav": "check", "view": receipt(nothing)}, "/verify/receipt"),
        "receipt-box": Page("receipt.html", {"nav": "check"}, "/verify/receipt"),
        "receipt-error": Page("receipt.html", {"nav": "check", "error": refused}, "/verify/receipt"),
        "home": Page("home.html", home, "/"),
        "home-bare": Page("home.html", {"nav": "check"}, "/"),
        "verify-box": Page("verify.html", {"nav": "check", "asked": Asked()}),
        "verify-error": Page("verify.html", {"nav": "check", "asked": Asked(), "error": "Paste something first."}),
        "verify-foreign": Page("verify.html", {"nav": "check", "foreign": foreign}),
        **found,
        "verify-key-only": Page("verify.html", {"nav": "check", "view": key_only()}),
        "verify-elsewhere": Page("verify.html", {"nav": "check", "view": elsewhere()}),
        "verify-with-receipt": Page("verify.html", {"nav": "check", "view": with_receipt()}),
        "verify-imitating": Page("verify.html", {"nav": "check", "view": imitating()}),
        "verify-unreachable-link": Page("verify.html", {"nav": "check", "view": unreachable_link()}),
        "verify-holder-match": Page("verify.html", {"nav": "check", "view": matched(samples.EMAIL)}),
        "verify-holder-other": Page("verify.html", {"nav": "check", "view": matched("someone.else@example.org")}),
        "verify-holder-wait": Page(
            "verify.html", {"nav": "check", "view": matched(samples.EMAIL), "wait": "10 minutes"}
        ),
        "wait": Page("429.html", {"nav": "check", "asked": ASKED, "wait": "12 seconds"}),
    }


def _definition_pages() -> dict[str, Page]:
    path = f"/c/{RECORD.public_id}"
    states: tuple[State, ...] = ("valid", "revoked", "suspended", "superseded", "expired", "not_yet_valid")
    newer = {"replaced_by": "/c/7a1e2d3c-4b5a-4678-9abc-def012345678"}
    views = {
        state: credential(
            state, since=NOW, public_reason="Awarded by mistake", **(newer if state == "superseded" else {})
        )
        for state in states
    }
    achievement = achievement_view(
        samples.achievement().to_json(),
        issuer_name="Sample IT Academy",
        issuer_url="/issuers/sample-it-academy",
        issuer_place="Vienna, Austria",
        image_url=BADGE,
        page_url=samples.ACHIEVEMENT,
        extra=(Fact("Price", "free"),),
        is_sample=True,
    )
    older = replace(achievement, current_url="/achievements/5b6d2c1e-7a64-4f0e-9a57-0c8f7e3d9a11/v/2", is_archived=True)
    links: tuple[LinkState, ...] = ("unclaimed", "private", "not_found", "erased")
    return {
        **{f"credential-{state}": Page("credential.html", {"view": view}, path) for state, view in views.items()},
        "credential-unapproved": Page("credential.html", {"view": credential(issuer_is_approved=False)}, path),
        **{
            f"credential-{state}": Page(
                "credential_unavailable.html",
                {"notice": link_notice(state, asked="7K4M-9QX"), "asked": "7K4M-9QX"},
                path,
            )
            for state in links
        },
        "embed": Page("embed.html", {"view": views["valid"]}, path),
        "embed-private": Page("embed.html", {"notice": link_notice("private")}, path),
        "issuer": Page("issuer.html", {"view": issuer_view()}, "/issuers/sample-it-academy"),
        "issuer-bare": Page(
            "issuer.html",
            {"view": issuer_view(approved_by="", approved_at=None, achievements=(), keys=(), url="", email="")},
            "/issuers/sample-it-academy",
        ),
        "achievement": Page("achievement.html", {"view": achievement}, achievement.issuer_url),
        "achievement-older": Page("achievement.html", {"view": older}, achievement.issuer_url),
    }


def _dashboard_pages() -> dict[str, Page]:
    def page(template: str, path: str, **context: Any) -> Page:
        return Page(f"dashboard/{template}.html", {"nav": "dashboard", **context}, f"/dashboard/{path}", signed_in=True)

    policies = (("skip", "Skip people who hold it already"), ("renew", "Renew"), ("issue", "Issue again"))
    chosen = groups()[0].choices[0].value
    form = {"groups": groups(), "chosen": chosen, "policies": policies, "duplicates": "skip"}
    fault = FileFault("The column “e-mail” is not known.", "Name it email.")
    good = dry_run(errors=0, new=24, rows=dry_run().rows[2:])
    at_batch = f"batches/{BATCH}"
    held = batch(state="held", issued=0, skipped=0, failed=0, failed_rows=(), starts_at=NOW + timedelta(minutes=10))
    full = "The disk is full. Make room, then resume."
    matching = {
        "batch": batch(state="draft"),
        "columns": columns(),
        "left_out": "-",
        "meanings": (("email", "E-mail address"), ("given_name", "Given name"), ("family_name", "Family name")),
    }
    reasons = (("issued_in_error", "Awarded by mistake"), ("other", "Another reason"))
    recall = {"standing": 4, "reasons": reasons, "reason": "", "public_note": ""}
    wrong = {"typed": "Type 4, the number of awards that will be revoked.", "reason": "Choose a reason."}
    wrong_form = SignInForm(data={"username": "", "password": ""})
    wrong_form.add_error(None, "This address and password do not fit together.")
    return {
        "sign-in": Page("sign_in.html", {"form": SignInForm()}, "/sign-in"),
        "sign-in-error": Page("sign_in.html", {"form": wrong_form}, "/sign-in"),
        "dashboard": page("home", "", batches=[batch(), finished_batch()], groups=groups()),
        "dashboard-empty": page("home", "", batches=[], groups=[]),
        "award": page("award", "award", **form),
        "award-error": page("award", "award", **form, errors={"file": "Choose a CSV file."}, faults=(fault,)),
        "columns": page("columns", f"{at_batch}/columns", **matching),
        "columns-error": page("columns", f"{at_batch}/columns", **matching, faults=(fault,)),
        "columns-unreadable": page("columns", f"{at_batch}/columns", **{**matching, "columns": ()}, faults=(fault,)),
        "columns-refused": page("columns", f"{at_batch}/columns", **matching, faults=(fault,), is_refused=True),
        "checking": page("checking", at_batch, batch=batch(state="draft", total=48_000, check="working")),
        "checking-waits": page("checking", at_batch, batch=batch(state="draft", total=0, check="waiting")),
        "dry-run": page("dry_run", at_batch, view=dry_run(), undo_minutes=10),
        "dry-run-good": page("dry_run", at_batch, view=good, undo_minutes=10),
        "dry-run-nothing": page("dry_run", at_batch, view=dry_run(new=0, total=2), error="It was started before."),
        "batch": page("batch", at_batch, batch=batch()),
        "batch-held": page("batch", at_batch, batch=held),
        "batch-paused": page("batch", at_batch, batch=batch(state="paused")),
        "batch-stopped": page("batch", at_batch, batch=batch(state="paused", pause_reason=full, can_retry=True)),
        "batch-being-cancelled": page("batch", at_batch, batch=batch(cancelled=120, cancelled_at=NOW)),
        "batch-finished": page("batch", at_batch, batch=finished_batch()),
        "batch-recalled": page("batch", at_batch, batch=recalled()),
        "recall": page("recall", f"{at_batch}/recall", batch=finished_batch(), **recall),
        "recall-error": page("recall", f"{at_batch}/recall", batch=finished_batch(), **recall, errors=wrong),
        "recall-nothing": page("recall", f"{at_batch}/recall", batch=finished_batch(), **{**recall, "standing": 0}),
    }


def _error_pages() -> dict[str, Page]:
    errors = {
        400: ("Bad request", "Something in this request could not be understood."),
        403: ("Form expired", "This form was open for too long, or cookies are off. Load the page again."),
        404: ("Not found", "There is nothing at this address. Check it for a missing character."),
        413: ("Request too large", "At most 5 MB can be sent to this address."),
        500: ("Server error", "Something went wrong on our side. It was written to the log."),
    }
    return {
        f"error-{status}": Page("error.html", {"status": status, "title": title, "detail": detail}, has_request=False)
        for status, (title, detail) in errors.items()
    }
