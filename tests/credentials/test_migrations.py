"""What becomes of rows that were there before."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from credentials.models import Award, BatchRow, StatusList
from openbadges import status
from tests.factories import issue, make_version, people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newest() -> Iterator[None]:
    yield
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.usefixtures("newest", "woken")
def test_what_was_reserved_for_rows_that_failed_before_is_abandoned() -> None:
    version = make_version()
    batch = issue(version, *people(3))
    executor = MigrationExecutor(connection)
    executor.migrate([("credentials", "0005_batch_states")])
    old = executor.loader.project_state([("credentials", "0005_batch_states")]).apps
    old_award, old_row = old.get_model("credentials", "Award"), old.get_model("credentials", "BatchRow")
    [failed] = old_row.objects.filter(number=3)
    old_award.objects.filter(pk=failed.award_id).update(
        state="reserved", document="", issued_at=None, token_signature=b""
    )
    old_row.objects.filter(pk=failed.pk).update(state="failed", code="row.raises")

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    abandoned = Award.objects.get(pk=failed.award_id)
    assert abandoned.state == "abandoned"
    row = BatchRow.objects.get(pk=failed.pk)
    assert (row.state, row.award) == ("failed", None)
    assert Award.objects.filter(state="issued").count() == 2
    status_list = StatusList.objects.get()
    bits = {award.pk: status.get_bit(bytes(status_list.bits), award.status_index) for award in Award.objects.all()}
    assert [pk for pk, is_set in bits.items() if is_set] == [abandoned.pk] and status_list.is_changed
    assert issue(version, *people(3)).issued == 1
    assert batch.rows.filter(state="issued").count() == 2
