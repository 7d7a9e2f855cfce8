"""A lease lasts exactly as long as its holder lives."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from config.env import INSTANCE_DIR
from credentials import leases

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
HOLDER = """
import django; django.setup()
from credentials import leases
with leases.hold() as owner:
    print(owner, flush=True)
    input()
"""


@pytest.fixture
def other_process() -> Iterator[subprocess.Popen[str]]:
    """Another process on this machine, which holds a lease until it gets a line or dies."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "INSTANCE_DIR": str(INSTANCE_DIR),
        "DATABASE_URL": "sqlite:///unused.sqlite3",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def owner_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 60)[0], "the other process took no lease"
    return process.stdout.readline().strip()


def test_a_lease_of_this_process_is_alive_while_it_is_held() -> None:
    with leases.hold() as owner:
        assert leases.is_alive(owner)
    assert not leases.is_alive(owner)


def test_a_lease_ends_when_the_work_fails() -> None:
    with pytest.raises(RuntimeError), leases.hold() as owner:
        raise RuntimeError
    assert not leases.is_alive(owner)


def test_each_lease_has_a_name_of_its_own() -> None:
    with leases.hold() as one, leases.hold() as two:
        assert one != two
        assert leases.is_alive(one) and leases.is_alive(two)


@pytest.mark.parametrize("owner", ["file:0123456789abcdef0123456789abcdef"])
def test_nobody_holds_a_lease_that_never_was(owner: str) -> None:
    assert not leases.is_alive(owner)


def test_a_lease_of_another_process_is_alive_until_it_is_killed(other_process: subprocess.Popen[str]) -> None:
    owner = owner_of(other_process)
    assert leases.is_alive(owner)
    other_process.kill()
    other_process.wait()
    assert not leases.is_alive(owner)


def test_a_lease_of_another_process_is_alive_until_it_is_given_up(other_process: subprocess.Popen[str]) -> None:
    owner = owner_of(other_process)
    assert leases.is_alive(owner)
    other_process.communicate("\n", timeout=60)
    assert not leases.is_alive(owner)


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL keeps no files for leases")
def test_ended_leases_leave_no_files_behind() -> None:
    folder = INSTANCE_DIR / "leases"
    before = set(folder.glob("*"))
    with leases.hold():
        assert set(folder.glob("*")) != before
    assert set(folder.glob("*")) == before
    assert connection.vendor == "sqlite"
