"""`manage.py suspend`, `reinstate`, `revoke`, `correct`, `renew`, and `export_audit`."""

import csv
import io
import json
from pathlib import Path

import pytest
from celery import current_app
from django.core.management import CommandError, call_command

from credentials.codes import shown
from credentials.life.completing import complete_award
from credentials.models import Award
from issuers import audit, checkpoints
from issuers.models import AuditEntry
from tests.factories import make_award, make_issuer, make_version, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def award() -> Award:
    return make_award()


def test_awards_are_named_by_code_link_or_id(award: Award, capsys: pytest.CaptureFixture[str]) -> None:
    others = [make_award(award.achievement_version, person(f"{number}@example.org")) for number in range(3)]
    named = [shown(award.code), others[0].address, str(others[1].public_id), f"{others[2].address}/"]
    call_command("revoke", *named, reason="issued_in_error", public_note="By mistake")
    assert set(Award.objects.values_list("state", "public_reason")) == {("revoked", "By mistake")}
    assert capsys.readouterr().out.splitlines() == [f"{name}: revoked" for name in named]
    entry = AuditEntry.objects.filter(action="award.revoked").first()
    assert entry is not None and (entry.actor_kind, entry.actor_words) == ("command", "manage.py revoke")


def test_an_award_goes_on_hold_and_back(award: Award, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("suspend", award.code, reason="under_review")
    assert Award.objects.get().state == "suspended"
    call_command("reinstate", award.code)
    assert "as soon as a worker has signed it" in capsys.readouterr().out
    complete_award(award_id=award.pk)
    assert Award.objects.get().state == "issued"


def test_what_is_refused_or_unknown_is_said_and_the_others_go_on(
    award: Award, capsys: pytest.CaptureFixture[str]
) -> None:
    revoked = make_award(award.achievement_version, person("other@example.org"))
    call_command("revoke", revoked.code, reason="other")
    with pytest.raises(SystemExit) as ended:
        call_command("suspend", "nobody", revoked.code, award.code, reason="other")
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines[0] == "nobody: There is no such award."
    assert "That is final." in lines[1] and lines[2] == f"{award.code}: suspended"


def test_a_reason_of_the_list_is_needed(award: Award) -> None:
    with pytest.raises(CommandError):
        call_command("revoke", award.code)
    with pytest.raises(CommandError):
        call_command("revoke", award.code, "--reason", "because")
    assert Award.objects.get().state == "issued"


def test_an_award_is_corrected_and_its_other_values_stay(award: Award, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("correct", award.code, "--set", "name=Ada Lovelace (SAMPLE)", "--set", "licence_number=SAMPLE-7")
    old, new = Award.objects.order_by("pk")
    assert (old.state, old.replaced_by) == ("superseded", new)
    assert (new.recipient_name, new.licence_number) == ("Ada Lovelace (SAMPLE)", "SAMPLE-7")
    assert (new.recipient_email, new.awarded_at, new.valid_until) == (
        old.recipient_email,
        old.awarded_at,
        old.valid_until,
    )
    assert capsys.readouterr().out == f"{award.code}: corrected, replaced by {new.address}\n"
    entry = AuditEntry.objects.filter(action="award.corrected").get()
    assert entry.actor_words == "manage.py correct"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "name="], "name: "),
        (["--set", "valid_until=someday"], "valid_until: "),
        (["--set", "nickname=Ada"], "COLUMN is one of: "),
        (["--set", "name"], "--set takes COLUMN=VALUE"),
        (["--set", "licence_number="], "are those of the award"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_words(
    award: Award, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("correct", award.code, *words)
    assert ended.value.code == 1
    assert said in capsys.readouterr().out
    assert Award.objects.get().state == "issued"


def test_an_award_is_given_anew(award: Award, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("renew", award.code)
    old, new = Award.objects.order_by("pk")
    assert (old.state, old.replaced_by, new.recipient_email) == ("superseded", new, old.recipient_email)
    assert f"renewed, replaced by {new.address}" in capsys.readouterr().out
    call_command("renew", award.code)
    assert Award.objects.count() == 2


# The log as a file


def test_the_log_is_exported_with_a_checkpoint_that_finds_what_is_cut_off_later(
    award: Award, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, checkpoint = tmp_path / "audit.csv", tmp_path / "audit.checkpoint"
    call_command("export_audit", output=out, checkpoint=checkpoint)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["position"]) for row in rows] == list(range(1, AuditEntry.objects.count() + 1))
    assert rows[0]["action"] == "issuer.created" and rows[0]["issuer"] == award.issuer.slug
    assert checkpoints.read(checkpoint.read_text()) == audit.newest()
    call_command("verify_audit", "--checkpoint", str(checkpoint))
    assert "is whole" in capsys.readouterr().out
    later = checkpoints.sign(checkpoints.Checkpoint(99, "ab" * 32, award.created_at))
    checkpoint.write_text(later)
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--checkpoint", str(checkpoint))
    assert "a checkpoint saw entry 99" in capsys.readouterr().out


def test_the_log_of_one_issuer_as_json_lines(award: Award, capsys: pytest.CaptureFixture[str]) -> None:
    make_version(make_issuer("another"))
    call_command("export_audit", issuer="another", format="jsonl")
    lines = [json.loads(line) for line in io.StringIO(capsys.readouterr().out)]
    assert [line["entry"]["object"]["id"] for line in lines] == ["another"]


@pytest.mark.parametrize("words", [["--issuer", "nobody"], ["--output", "/nowhere/at/all.csv"]])
def test_what_cannot_be_exported_is_said(award: Award, words: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("export_audit", *words)


def test_a_checkpoint_of_another_log_is_refused(award: Award, tmp_path: Path) -> None:
    path = tmp_path / "x.checkpoint"
    path.write_text("nothing of ours")
    with pytest.raises(CommandError, match="no checkpoint"):
        call_command("verify_audit", "--checkpoint", str(path))
