"""Long files are checked in a stream: memory stays flat, and a page of the check costs the same at any length.

TOUCHSTONE_LARGE_ROWS=200000 makes them as long as files may be; by default they are short.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.supervisor import worker_command
from tests.credentials.imports.workbooks import MAIN, STYLES, book, relations
from tests.processes.installation import ROOT, Installation, until

ROWS = int(os.environ.get("TOUCHSTONE_LARGE_ROWS", "10000"))
MOST_MEGABYTES = 300
pytestmark = [pytest.mark.processes, pytest.mark.timeout(120 + ROWS // 200)]


def name_of(number: int) -> str:
    return f"Learner {number} Þorvaldsdóttir (SAMPLE)"


def write_csv(path: Path) -> None:
    """Every hundredth row has an error."""
    with path.open("w", encoding="utf-8") as file:
        file.write("E-Mail;Name\n")
        for number in range(ROWS):
            at = "@@" if number % 100 == 0 else "@"
            file.write(f"learner-{number}{at}example.org;{name_of(number)}\n")


def write_xlsx(path: Path) -> None:
    """The same with shared texts, as spreadsheet programs write it."""
    cell = '<c r="{0}{1}" t="s"><v>{2}</v></c>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", book())
        archive.writestr("xl/_rels/workbook.xml.rels", relations())
        archive.writestr("xl/styles.xml", STYLES)
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(f'<sst xmlns="{MAIN}"><si><t>E-Mail</t></si><si><t>Name</t></si>'.encode())
            for number in range(ROWS):
                at = "@@" if number % 100 == 0 else "@"
                texts = f"<si><t>learner-{number}{at}example.org</t></si><si><t>{name_of(number)}</t></si>"
                part.write(texts.encode())
            part.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number in range(1, ROWS + 2):
                cells = cell.format("A", number, 2 * number - 2) + cell.format("B", number, 2 * number - 1)
                part.write(f'<row r="{number}">{cells}</row>'.encode())
            part.write(b"</sheetData></worksheet>")


def test_a_check_whose_worker_is_killed_is_done_anew(embedded: Installation, tmp_path: Path) -> None:
    """No row is lost, and none is there twice."""
    path = tmp_path / "people.csv"
    write_csv(path)
    facts = "SELECT state, total, failed, foreseen_new, checker, check_deaths FROM credentials_batch WHERE id = {}"
    with embedded.worker(worker_command(embedded.folder)) as worker:
        asked = subprocess.run(
            [sys.executable, "-m", "tests.processes.ask_for_check", str(path)],
            cwd=ROOT,
            env={**embedded.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert asked.returncode == 0, asked.stderr
        batch = int(asked.stdout)
        begun = f"SELECT id FROM credentials_batch WHERE id = {batch} AND total BETWEEN 1 AND {ROWS - 1}"
        until(lambda: embedded.query(begun), within=60, what="some rows are stored")
        worker.kill_group()
        worker.start()
        checked = f"SELECT id FROM credentials_batch WHERE id = {batch} AND state = 'validated'"
        until(lambda: embedded.query(checked), within=60 + ROWS // 200, what="the check ends")
    assert embedded.query(facts.format(batch)) == [("validated", ROWS, ROWS // 100, ROWS - ROWS // 100, "", 1)]
    numbers = f"SELECT count(*), count(DISTINCT number) FROM credentials_batchrow WHERE batch_id = {batch}"
    assert embedded.query(numbers) == [(ROWS, ROWS)]


@pytest.mark.parametrize(("name", "write"), [("people.csv", write_csv), ("people.xlsx", write_xlsx)])
def test_a_long_file_is_checked_in_a_stream(
    embedded: Installation,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
    name: str,
    write: Callable[[Path], None],
) -> None:
    path = tmp_path / name
    write(path)
    result = subprocess.run(
        [sys.executable, "-m", "tests.processes.check_file", str(path)],
        cwd=ROOT,
        env={**embedded.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=60 + ROWS // 200,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    facts: dict[str, Any] = json.loads(result.stdout)
    print(f"{name}, {ROWS:,} rows: {facts}")
    for fact in ("seconds_checked", "processor_seconds", "megabytes"):
        record_property(fact, facts[fact])
    assert (facts["total"], facts["failed"]) == (ROWS, ROWS // 100)
    assert facts["foreseen_new"] == ROWS - ROWS // 100
    assert facts["shown"][0] == 50
    assert facts["megabytes"] <= MOST_MEGABYTES
    assert facts["processor_seconds"] < 5 * max(1, ROWS / 10_000)  # a busy machine takes longer by the clock
    assert facts["seconds_shown"] < 2
