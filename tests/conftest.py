"""Shared by all tests: sockets stay closed unless a marker opens loopback; what a machine lacks is skipped, saying so.

With TOUCHSTONE_NO_SKIPS=1 (.ci/run) a skipped test is a failed one, but for fixtures that are not on the machine.
"""

import os
import shutil
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from django.conf import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
OPENS_LOOPBACK = {"browser", "node", "services", "processes"}
FIXTURES = Path(os.environ.get("TOUCHSTONE_FIXTURES", ROOT.parent / "shared" / "fixtures"))

# A machine that is busy with something else is no fault of the code: what is slow is told by tests that measure.
hypothesis.settings.register_profile(
    "touchstone", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("touchstone")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marks = {marker.name for marker in item.iter_markers()}
        if OPENS_LOOPBACK & marks:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
        for mark in sorted(marks & MISSING.keys()):
            if lacks := MISSING[mark]():
                item.add_marker(pytest.mark.skip(reason=lacks))


def _lacks_browser() -> str:
    return "" if shutil.which("chromium") else "Chromium is missing (Debian, Ubuntu: apt-get install chromium)"


def _lacks_node() -> str:
    if not shutil.which("node"):
        return "Node.js is missing (Debian, Ubuntu: apt-get install nodejs npm)"
    is_installed = (ROOT / "tests" / "node" / "node_modules").is_dir()
    return "" if is_installed else "The npm packages are missing (python3 dev.py test installs them where npm is)"


def _lacks_services() -> str:
    is_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    is_there = is_postgres and settings.BROKER_URL.startswith("redis")
    return "" if is_there else "No services are set (python3 dev.py services python3 dev.py test -m services)"


MISSING = {"browser": _lacks_browser, "node": _lacks_node, "services": _lacks_services}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("TOUCHSTONE_NO_SKIPS") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "TOUCHSTONE_FIXTURES" in reason and not FIXTURES.is_dir():
        return
    report.outcome = "failed"
    report.longrepr = f"Skipped although nothing may be: {reason}"


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_audit_log() -> Iterator[None]:
    """A test that commits is followed by a flush of all tables, which the log's triggers would refuse."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from issuers import audit_guard

    real = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: object) -> None:
        audit_guard.remove(self.connection)
        real(self, sql_list)  # type: ignore[arg-type]
        audit_guard.install(self.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush)
        yield


@pytest.fixture(autouse=True)
def _audit_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a log of its own, so it must not meet the checkpoint of another."""
    monkeypatch.setattr(settings, "AUDIT_FOLDER", settings.AUDIT_FOLDER.with_name(f"audit-{uuid.uuid4()}"))


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One Chromium for the whole run; each test opens its own context."""
    from playwright.sync_api import sync_playwright

    # Its event loop lives in this thread until the run ends, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()
