"""Processes on SQLite that all need the first key of the installation at the same moment."""

import time
from contextlib import ExitStack

import pytest

from tests.processes.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.timeout(120)]
SIGN = """
import time
from django.utils import timezone
from issuers import installation
time.sleep(max(0, {at} - time.time()))
print("key", installation.signing_key(now=timezone.now()).fragment)
"""


def test_processes_make_one_key(embedded: Installation) -> None:
    at = time.time() + 8
    with ExitStack() as stack:
        commands = [stack.enter_context(embedded.begin("shell", "-c", SIGN.format(at=at))) for _ in range(4)]
        for command in commands:
            assert command.process.wait(60) == 0, command.err.read_text()
        said = [line for command in commands for line in command.out.read_text().splitlines() if line[:4] == "key "]
    assert len(said) == 4 and len(set(said)) == 1
