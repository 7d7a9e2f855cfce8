"""The audit log: append-only, one chain, and whatever is done to it by SQL is found."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from issuers import audit, audit_guard, checkpoints
from issuers.audit import Actor
from issuers.checkpoints import Checkpoint, CheckpointInvalid
from issuers.models import AuditEntry
from tests.factories import NOW, make_issuer

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def add(count: int = 1, **changes: object) -> None:
    for number in range(count):
        facts = {"issuer_id": None, "object_kind": "thing", "object_id": number, "now": NOW, **changes}
        audit.record("thing.done", actor=SYSTEM, **facts)  # type: ignore[arg-type]


def sealed(count: int = 5) -> None:
    add(count, details={"count": 3, "ids": ["a", "b"]})
    assert audit.seal() == count


def run(sql: str, *values: str | int) -> None:
    """What somebody with the database's password does: off with the triggers, then the change."""
    audit_guard.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    audit_guard.install(connection)


def found(*known: Checkpoint) -> str:
    kept = checkpoints.kept()
    return audit.verify([*([kept] if kept else []), *known], now=NOW).problem


# Append-only


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM issuers_auditentry WHERE position = 2",
        "DELETE FROM issuers_auditentry",
        "UPDATE issuers_auditentry SET action = 'nothing' WHERE position = 2",
        "UPDATE issuers_auditentry SET position = NULL, hash = '' WHERE position = 2",
        "UPDATE issuers_auditentry SET position = 7 WHERE position = 5",
    ],
)
def test_the_database_refuses_to_change_what_was_written(sql: str) -> None:
    sealed()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert found() == ""
    assert AuditEntry.objects.count() == 5


@pytest.mark.parametrize("column", ["action", "object_id", "actor_id", "result", "details", "at"])
def test_an_entry_that_has_no_place_yet_cannot_be_changed_either(column: str) -> None:
    add()
    values = {"result": "refused", "details": '{"a": 1}', "at": "2026-01-01 00:00:00+00"}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE issuers_auditentry SET {column} = %s", [values.get(column, "x")])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()


# The chain


def test_the_hash_of_an_entry_can_be_computed_by_anybody() -> None:
    sealed(2)
    first, second = AuditEntry.objects.order_by("position")
    assert first.at.isoformat(timespec="microseconds") == "2026-03-12T09:30:00.000000+00:00"
    said = {
        "entry": {
            "action": "thing.done",
            "actor": {"id": "", "kind": "system", "words": "test"},
            "at": "2026-03-12T09:30:00.000000+00:00",
            "code": "",
            "details": {"count": 3, "ids": ["a", "b"]},
            "issuer": None,
            "object": {"id": "1", "kind": "thing"},
            "result": "done",
        },
        "position": 2,
        "previous": first.hash,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    assert second.hash == sha256(text.encode()).hexdigest()


def test_entries_take_their_places_in_order_and_once() -> None:
    add(3)
    assert audit.seal() == 3
    add(2)
    assert (audit.seal(), audit.seal()) == (2, 0)
    assert list(AuditEntry.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert audit.verify([], now=NOW) == audit.Verification(5, AuditEntry.objects.get(position=5).hash)


def test_more_entries_than_are_placed_at_once_make_one_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_AT_ONCE", 3)
    add(10)
    assert audit.seal() == 10
    assert found() == ""


def test_an_empty_log_is_whole() -> None:
    assert audit.verify([], now=NOW) == audit.Verification(0, audit.START)
    assert audit.newest() is None


def test_a_person_is_named_by_id_alone() -> None:
    audit.record("thing.done", actor=Actor("user", "7", "Ada"), issuer_id=None, object_kind="x", object_id=1, now=NOW)
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_words) == ("7", "")


@pytest.mark.django_db(transaction=True)
def test_an_entry_takes_its_place_as_soon_as_it_is_committed() -> None:
    with transaction.atomic():
        add()
        assert AuditEntry.objects.get().position is None
    assert AuditEntry.objects.get().position == 1
    assert checkpoints.kept() == audit.newest()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap() -> None:
    add()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        add()
        1 / 0  # noqa: B018
    add()
    assert list(AuditEntry.objects.order_by("pk").values_list("position", flat=True)) == [1, 2]
    assert found() == ""


# Tampering

EDITS = [
    "action = 'nothing.done'",
    "object_id = '99'",
    "object_kind = 'other'",
    "actor_kind = 'user'",
    "actor_id = '8'",
    "actor_words = 'somebody'",
    "result = 'refused'",
    "code = 'x'",
    'details = \'{"count": 4, "ids": ["a", "b"]}\'',
    "at = '2026-03-12 09:30:01+00:00'",
    f"hash = '{'0' * 64}'",
]


@pytest.mark.parametrize("position", [1, 3, 5])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(edit: str, position: int) -> None:
    sealed()
    run(f"UPDATE issuers_auditentry SET {edit} WHERE position = {position}")
    assert found().startswith(f"Entry {position} (")


def test_an_entry_given_to_another_issuer_is_found() -> None:
    issuer = make_issuer()
    audit.seal()
    before = AuditEntry.objects.count()
    add(issuer_id=issuer.pk)
    audit.seal()
    run(f"UPDATE issuers_auditentry SET issuer_id = NULL WHERE position = {before + 1}")
    assert found().startswith(f"Entry {before + 1} (")


@pytest.mark.parametrize("position", [1, 3, 4])
def test_a_deletion_is_found(position: int) -> None:
    sealed()
    run(f"DELETE FROM issuers_auditentry WHERE position = {position}")
    assert found().startswith(f"Entry {position} is missing")


def test_a_deletion_that_closes_the_gap_is_found() -> None:
    sealed()
    run("DELETE FROM issuers_auditentry WHERE position = 2")
    for position in (3, 4, 5):
        run(f"UPDATE issuers_auditentry SET position = {position - 1} WHERE position = {position}")
    assert found().startswith("Entry 2 (")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 5), (4, 5)])
def test_a_reordering_is_found(one: int, other: int) -> None:
    sealed()
    for old, new in ((one, 100), (other, one), (100, other)):
        run(f"UPDATE issuers_auditentry SET position = {new} WHERE position = {old}")
    assert found().startswith(f"Entry {one} (")


@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_truncation_is_found(left: int) -> None:
    sealed()
    run(f"DELETE FROM issuers_auditentry WHERE position > {left}")
    assert found() == (
        f"Entry {left + 1} is missing: the log ends at entry {left}, but a checkpoint saw entry 5. Its end was cut off."
    )


def test_a_truncation_that_makes_room_for_other_entries_is_found() -> None:
    """The log goes on after the cut, and even grows longer than before."""
    sealed()
    run("DELETE FROM issuers_auditentry WHERE position > 3")
    add(4)
    audit.seal()
    assert "the log was written anew" in found()


def test_a_log_written_anew_with_fitting_hashes_is_found() -> None:
    """Whoever writes SQL can compute hashes, too; the checkpoint remembers."""
    sealed()
    run("UPDATE issuers_auditentry SET action = 'nothing.done' WHERE position = 2")
    previous = audit.START
    for entry in AuditEntry.objects.order_by("position"):
        assert entry.position is not None
        previous = audit.entry_hash(entry, position=entry.position, previous=previous)
        run("UPDATE issuers_auditentry SET hash = %s WHERE id = %s", previous, entry.pk)
    assert audit.verify([], now=NOW).is_whole
    assert "the log was written anew" in found()


def test_entries_taken_out_of_the_chain_are_found() -> None:
    sealed()
    run("UPDATE issuers_auditentry SET position = NULL, hash = '' WHERE position >= 4")
    assert found().startswith("Entry 4 is missing")


def test_an_entry_without_a_place_is_normal_for_a_moment_and_then_a_fault() -> None:
    sealed()
    add()
    soon = audit.verify([], now=NOW + timedelta(minutes=9))
    assert (soon.is_whole, soon.notes) == (True, ("1 entries are just being added.",))
    late = audit.verify([], now=NOW + timedelta(minutes=11))
    assert "never took its place" in late.problem


# Checkpoints


def test_a_checkpoint_survives_its_text() -> None:
    checkpoint = Checkpoint(17, "ab" * 32, NOW)
    assert checkpoints.read(checkpoints.sign(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n17\n", "\n16\n"),
        lambda note: note.replace("2026", "2027"),
        lambda note: note[:-10] + "AAAA" + note[-6:],
        lambda note: note.partition("\n\n")[0],
        lambda note: note.replace("— ", "- "),
        lambda note: note.replace("touchstone-audit\n17", "touchstone-audit\nx"),
        lambda note: "",
        lambda note: "\n" * 8,
    ],
)
def test_a_checkpoint_that_was_changed_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(CheckpointInvalid):
        checkpoints.read(change(checkpoints.sign(Checkpoint(17, "ab" * 32, NOW))))


def test_a_checkpoint_of_an_earlier_master_key_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = Checkpoint(17, "ab" * 32, NOW)
    note = checkpoints.sign(checkpoint)
    monkeypatch.setattr(settings, "MASTER_KEYS", [b"n" * 32, *settings.MASTER_KEYS])
    assert checkpoints.read(note) == checkpoint
    assert checkpoints.sign(checkpoint) != note
    monkeypatch.setattr(settings, "MASTER_KEYS", [b"n" * 32])
    with pytest.raises(CheckpointInvalid):
        checkpoints.read(note)


def test_the_public_key_is_in_the_form_of_signed_notes() -> None:
    name, key_id, key = checkpoints.public_key().split("+", 2)
    assert (name, len(key_id)) == ("touchstone-audit", 8)
    assert key.startswith(b64encode(b"\x01").decode()[:1])


def test_only_a_later_checkpoint_takes_the_place_of_the_kept_one() -> None:
    for position in (3, 5, 4):
        checkpoints.keep(Checkpoint(position, f"{position:064x}", NOW))
    assert checkpoints.kept() == Checkpoint(5, f"{5:064x}", NOW)


def test_a_full_disk_is_told_and_stops_nobody(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("issuers.checkpoints.os.replace", full)
    sealed()
    assert "No space left" in caplog.text
    assert AuditEntry.objects.filter(position=None).count() == 0


def test_the_servers_log_gets_a_checkpoint(caplog: pytest.LogCaptureFixture) -> None:
    from credentials.tasks import write_checkpoint

    sealed()
    with caplog.at_level("INFO"):
        write_checkpoint()
    [line] = [record.getMessage() for record in caplog.records if "Checkpoint" in record.getMessage()]
    assert checkpoints.read(line.partition(": ")[2].replace("|", "\n")) == audit.newest()


# The command


def test_the_command_says_that_the_log_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    sealed()
    call_command("verify_audit")
    assert capsys.readouterr().out.startswith("The audit log is whole: 5 entries.")


def test_the_command_names_the_first_bad_entry_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    sealed()
    run("UPDATE issuers_auditentry SET code = 'x' WHERE position IN (2, 4)")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit")
    assert ended.value.code == 1
    assert "not whole. Entry 2 (thing.done, 2026-03-12 09:30:00 UTC)" in capsys.readouterr().out


def test_the_command_finds_a_changed_checkpoint(capsys: pytest.CaptureFixture[str]) -> None:
    sealed()
    path = settings.AUDIT_FOLDER / "newest.checkpoint"
    path.write_text(path.read_text().replace("\n5\n", "\n3\n"))
    add()
    audit.seal()  # must not paper over it
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert "The checkpoint of this machine was changed" in capsys.readouterr().out
