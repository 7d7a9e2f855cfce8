"""Each test here gets a hostile web of its own."""

from collections.abc import Iterator

import pytest

from tests.outbound.web import HostileWeb, harmless_web


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with harmless_web() as web:
        yield web
