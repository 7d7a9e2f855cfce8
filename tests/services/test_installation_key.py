"""Processes that need the first key of the installation at the same moment, and people who rotate it together."""

import pytest

from issuers import installation
from issuers.models import AuditEntry, InstallationKey
from tests.factories import NOW
from tests.services.test_claims import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True), pytest.mark.timeout(60)]


def test_eight_make_one_key() -> None:
    found: list[str] = []
    at_once(*[lambda: found.append(installation.signing_key(now=NOW).fragment)] * 8)
    assert found == [InstallationKey.objects.get().fragment] * 8
    assert AuditEntry.objects.filter(action="installation_key.made").count() == 1


def test_eight_rotations_leave_one_key_active_and_all_listed() -> None:
    installation.signing_key(now=NOW)
    at_once(*[lambda: installation.rotate_installation_key(now=NOW)] * 8)
    assert InstallationKey.objects.filter(state="active").count() == 1
    assert InstallationKey.objects.filter(state="retired").count() == 8
