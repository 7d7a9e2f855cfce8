"""The dashboard's pages about single awards, in every state, and its audit log; all invented."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from credentials.award_display import Action, AwardLine, AwardView, Event, Look, Mail
from credentials.award_pages import FILTERS, Form
from credentials.corrections import Field
from credentials.life import Reason
from issuers.models import Issuer
from tests.look.sample_pages import BATCH, HOLDER, NOW, RECORD, Page, batch, groups

LOOKS = {
    "reserved": Look("Being signed", "info", "v-clock"),
    "valid": Look("In force", "valid", "v-valid"),
    "not_yet_valid": Look("Not valid yet", "info", "v-clock"),
    "expired": Look("Expired", "warn", "v-hourglass"),
    "suspended": Look("Suspended", "warn", "v-pause"),
    "reinstating": Look("Being reinstated", "info", "v-clock"),
    "revoked": Look("Revoked", "bad", "v-bad"),
    "superseded": Look("Replaced", "warn", "v-arrow"),
    "abandoned": Look("Never issued", "none", "v-bin"),
}
AWARD_PATH = f"/dashboard/awards/{BATCH}"


def award_line(state: str = "valid", name: str = HOLDER) -> AwardLine:
    address = "aleksandra.wisniewska-hernandez@a-rather-long-mail-domain.example"
    return AwardLine(name, address, RECORD.code, "HR-2026-000017", NOW, LOOKS[state], AWARD_PATH)


def award_lines() -> list[AwardLine]:
    names = (
        HOLDER,
        "Nguyễn Thị Minh Khuê",
        "Нина Александровна Кузнецова",
        "陳美玲 (Chan Mei-ling)",
        "محمد عبد الرحمن",
    )
    return [award_line(state, names[number % len(names)]) for number, state in enumerate(LOOKS)]


def award_events() -> tuple[Event, ...]:
    link = f"/dashboard/batches/{BATCH}"
    return (
        Event(
            NOW,
            "Revoking was refused",
            "Þórunn Guðmundsdóttir",
            True,
            "This award has ended",
            41,
            "the award",
            AWARD_PATH,
        ),
        Event(NOW, "Suspended", "Þórunn Guðmundsdóttir", False, "Under review", 40, "the award", AWARD_PATH),
        Event(NOW, "Awards signed", "worker", position=39, object_words="the batch", object_url=link),
        Event(NOW, "Issuer set up", "installation", position=1),
    )


def award_view(state: str = "valid", **changes: Any) -> AwardView:
    view = AwardView(
        line=award_line(state),
        achievement_name="IT Support Essentials",
        achievement_url=f"/dashboard/achievements/{BATCH}/awards",
        explanation="" if state == "valid" else "A sentence about what this state means for those who check it.",
        since=NOW,
        public_note="",
        valid_from=NOW,
        valid_until=NOW + timedelta(days=700),
        page_url=f"/c/{RECORD.public_id}",
        newer_url="",
        older_url="",
        actions=tuple(
            Action(verb, verb.capitalize(), f"{AWARD_PATH}/{verb}") for verb in ("suspend", "revoke", "renew")
        ),
        events=award_events(),
        mails=(
            Mail(NOW, "Suspended", Look("Sent", "valid", "v-valid")),
            Mail(NOW, "Reinstated", Look("Not sent", "bad", "v-bad"), "The mail server refuses this address for good."),
        ),
    )
    return replace(view, **changes)


def award_pages() -> dict[str, Page]:
    def page(template: str, path: str, **context: Any) -> Page:
        return Page(f"dashboard/{template}.html", {"nav": "dashboard", **context}, f"/dashboard/{path}", signed_in=True)

    at_list, at_award = f"achievements/{BATCH}/awards", f"awards/{BATCH}"
    listed = {"achievement_name": "IT Support Essentials", "achievement_id": BATCH, "filters": FILTERS, "chosen": ""}
    about = {"award": award_line(), "achievement_name": "IT Support Essentials"}
    change = {**about, "reasons": Reason.choices}
    issuer = Issuer(name="Sample Academy", slug="sample")
    wrong = Form("", "Cheated", "7K4M", {"reason": "Choose a reason.", "code": "This is not the code of the award."})
    fields = (
        Field("name", "Name", HOLDER, is_needed=True),
        Field("email", "E-mail", "anna@@uni", is_needed=True, errors=("“anna@@uni” is not an address. Write one.",)),
        Field("valid_until", "Valid until", "", help="Empty: it stays as it is."),
        Field("narrative", "What was done", "Two lines\nof text", is_long=True),
    )
    suspended = award_view("suspended", public_note="Under review until 1 December", actions=())
    replaced = award_view("superseded", newer_url=AWARD_PATH, older_url=AWARD_PATH, actions=(), mails=(), events=())
    verbs = {"suspend": True, "revoke": True, "reinstate": False, "renew": False}
    return {
        "awards": page("awards", at_list, **listed, lines=award_lines(), query="Kuz", older=17, is_first=False),
        "awards-none": page("awards", at_list, **listed, lines=[], query="", older=None, is_first=True),
        "awards-not-found": page("awards", at_list, **listed, lines=[], query="nobody", older=None, is_first=True),
        **{f"award-{state}": page("award_page", at_award, view=award_view(state)) for state in LOOKS},
        "award-suspended": page("award_page", at_award, view=suspended, late_since=NOW),
        "award-superseded": page("award_page", at_award, view=replaced),
        **{
            f"award-change-{verb}": page(
                "award_change",
                f"{at_award}/{verb}",
                **change,
                verb=verb,
                words=verb.capitalize(),
                needs_reason=needs,
                form=Form(),
            )
            for verb, needs in verbs.items()
        },
        "award-change-error": page(
            "award_change",
            f"{at_award}/revoke",
            **change,
            verb="revoke",
            words="Revoke",
            needs_reason=True,
            form=wrong,
            problem="The award was revoked on 14 October 2026. That is final.",
        ),
        "award-correct": page("award_correct", f"{at_award}/correct", **about, fields=fields[:1]),
        "award-correct-error": page(
            "award_correct", f"{at_award}/correct", **about, fields=fields, has_errors=True, problem="Nothing."
        ),
        "audit": page(
            "audit",
            "issuers/sample/audit",
            issuer=issuer,
            events=award_events(),
            older=3,
            is_first=False,
        ),
        "audit-empty": page("audit", "issuers/sample/audit", issuer=issuer, events=(), is_first=True),
        "dashboard-alarm": page("home", "", batches=[batch()], groups=groups(), late_since=NOW),
    }
