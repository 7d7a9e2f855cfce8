"""What the interoperability tests share: everything we issue, gathered once, and one Node process."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.interop.peer import Peer
from tests.interop.world import Published, issue_everything
from tests.verification.fake_web import FakeWeb
from verification import web


@pytest.fixture(autouse=True)
def _no_other_site_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others published names real sites; nobody is asked for anything here."""
    monkeypatch.setattr(web, "fetch", FakeWeb().fetch)


@pytest.fixture(scope="session")
def everything(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Published:
    """One credential of each sample achievement, a class of 25 and the most hostile texts, as served."""
    with django_db_blocker.unblock():
        return issue_everything()


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    """The npm libraries, in one process for the whole run."""
    with Peer.start() as started:
        yield started
