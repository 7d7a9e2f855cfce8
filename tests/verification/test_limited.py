"""Files and slow documents are read and weighed in a process with limits, and give what they would give here."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from openbadges import baking, case, strict_json
from openbadges.case import Case, OwnFacts
from openbadges.errors import BakingInvalid, OpenBadgesError, TooCostly
from openbadges.facts import Evidence
from openbadges.inputs import Badge, Unreadable, read_badge
from openbadges.judge import judge
from openbadges.report import Report
from tests.openbadges import cases
from tests.openbadges.samples import eu_complete
from verification import limited
from verification.limited import SHORT_TEXT, Pool

ROOT = Path(__file__).resolve().parents[2]
BAKED = baking.bake_svg('<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a.b.c").encode()


@pytest.fixture(scope="module")
def greedy() -> Iterator[Pool]:
    pool = Pool("tests.verification.greedy_worker")
    yield pool
    pool.close()


def badge(document: object) -> Badge:
    found = read_badge(strict_json.dumps(document).decode())  # type: ignore[arg-type]
    assert isinstance(found, Badge)
    return found


def both(about: Case) -> tuple[Report, Report]:
    """The report as weighed here, and by a process."""
    long = replace(about, badge=replace(about.badge, text=" " * (SHORT_TEXT + 1)))
    return case.weigh(about, now=cases.NOW), limited.weigh(long, now=cases.NOW)


OWN = OwnFacts(cases.issuer(own=True, proven_by=("did:web", "operator")), None, {0: cases.CLEAR})


def own(document: object, **changes: object) -> OwnFacts:
    return OwnFacts(OWN.issuer, cases.record(document, **changes), OWN.status)  # type: ignore[arg-type]


def samples() -> dict[str, Case]:
    signed = cases.signed_sample()
    since = cases.NOW - timedelta(days=3, microseconds=5)
    token = read_badge(cases.token_text(eu_complete().to_json()))
    assert isinstance(token, Badge)
    return {
        "ours": Case(badge(signed), own=own(signed), recipient="ada@example.org"),
        "revoked": Case(badge(signed), own=own(signed, state="revoked", since=since, public_reason="A mistake")),
        "without a record": Case(badge(signed), own=OWN),
        "changed": Case(badge({**signed, "name": "Another"}), own=own(signed)),
        "elsewhere": Case(badge(signed)),
        "unreachable": Case(badge(signed), documents={"https://university.example/did.json": "unreachable"}),
        "token": Case(token, own=OWN),
        "undefined term": Case(badge({**signed, "nonsense": 1}), own=OWN),
        "wide number": Case(badge({**signed, "nonsense": 10**29}), own=OWN),
        "compromised key": Case(
            badge(signed),
            own=OwnFacts(cases.issuer(own=True, keys=cases.key_fact(compromised_at=since)), cases.record(signed)),
        ),
    }


@pytest.mark.parametrize("name", samples())
def test_a_case_weighs_the_same_in_a_process(name: str) -> None:
    here, apart = both(samples()[name])
    assert apart == here


def test_a_slow_document_is_weighed_apart_and_a_quick_one_here(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = cases.signed_sample()
    asked: list[str] = []
    ask = limited._pool.ask
    monkeypatch.setattr(limited._pool, "ask", lambda name, data: asked.append(name) or ask(name, data))  # type: ignore[func-returns-value]
    assert limited.weigh(Case(badge(signed), own=own(signed)), now=cases.NOW).state == "valid"
    assert asked == []
    assert limited.weigh(Case(badge({**signed, "nonsense": 1}), own=OWN), now=cases.NOW).state == "not_accepted"
    assert asked == ["weigh"]


def test_pictures_are_read_apart() -> None:
    assert limited.unbake(BAKED, "svg") == "a.b.c"
    with pytest.raises(OpenBadgesError) as refused:
        limited.unbake(b"\x89PNG\r\n\x1a\n", "png")
    with pytest.raises(BakingInvalid) as directly:
        baking.unbake_png(b"\x89PNG\r\n\x1a\n")
    assert (refused.value.code, str(refused.value)) == (directly.value.code, str(directly.value))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" + "[]," * SHORT_TEXT + "1]", "json.too_many_members"),
        ('{"a":' * SHORT_TEXT, "json.invalid"),
        ("a." + "b" * SHORT_TEXT + ".c", "json.encoding"),
    ],
)
def test_long_texts_are_read_apart_and_refused_alike(text: str, code: str) -> None:
    found = limited.read(text)
    directly = read_badge(text)
    assert isinstance(found, Unreadable) and isinstance(directly, Unreadable)
    assert found.error is not None and directly.error is not None
    assert (found.source, found.error.code) == (directly.source, directly.error.code)


def test_a_long_badge_is_read_as_it_is() -> None:
    document = {**cases.signed_sample(), "description": "long " * SHORT_TEXT}
    found = limited.read(strict_json.dumps(document).decode())
    assert isinstance(found, Badge) and found.document == document and found.size > SHORT_TEXT


# Breaches


def test_a_process_that_ends_before_its_first_question_is_no_fault_of_the_asker() -> None:
    pool = Pool("tests.verification.no_such_worker")
    pool.supply(b"{}")
    with pytest.raises(TooCostly):
        pool.ask("weigh", b"")


@pytest.mark.parametrize("operation", ["unbake_png", "unbake_svg", "read", "badge_link"])
def test_going_over_a_limit_ends_the_process_and_not_the_pool(greedy: Pool, operation: str) -> None:
    """In this order: time, memory, a crash, an answer that is none."""
    before = time.monotonic()
    with pytest.raises(TooCostly) as refused:
        greedy.ask(operation, b"")
    assert refused.value.code == "read.too_costly"
    assert time.monotonic() - before < 5
    assert greedy.pids() == []


def test_a_breach_is_an_honest_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    report = judge(Evidence("png", read_error=TooCostly("It takes too long.")), now=cases.NOW)
    assert (report.outcome, report.state, report.checks[0].code) == ("unknown", "not_checked", "read.too_costly")


def test_a_process_that_was_ended_from_outside_is_replaced() -> None:
    limited.warm()
    for pid in limited._pool.pids():
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.2)
    assert limited.unbake(BAKED, "svg") == "a.b.c"


# Its surroundings


def alone(script: str) -> list[str]:
    """Run a script in an interpreter of its own; the words that it prints."""
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode in (0, -signal.SIGKILL), run.stderr
    return run.stdout.split()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


START = """
import os
from verification import limited
limited.badge_link(b'')
pid = limited._pool.pids()[0]"""


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)"])
def test_it_ends_with_its_parent(end: str) -> None:
    (pid,) = alone(f"{START}\nprint(pid, flush=True)\n{end}")
    deadline = time.monotonic() + 10
    while is_running(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(int(pid))


def test_a_forked_process_has_processes_of_its_own() -> None:
    script = f"""{START}
import sys
child = os.fork()
if child == 0:
    limited.badge_link(b'')
    print(pid in limited._pool.pids(), limited._pool._idle[0].is_alive(), flush=True)
    os._exit(0)
os.waitpid(child, 0)
limited.badge_link(b'')
print(limited._pool.pids() == [pid], flush=True)
"""
    assert alone(script) == ["False", "True", "True"]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="This system does not show a process's environment")
def test_nothing_of_our_environment_is_passed_on() -> None:
    limited.warm()
    environment = Path(f"/proc/{limited._pool.pids()[0]}/environ").read_bytes()
    assert {entry.partition(b"=")[0] for entry in environment.split(b"\0") if entry} == {b"PYTHONPATH", b"LANG"}
