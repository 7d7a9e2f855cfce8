"""The dashboard's view-models."""

from datetime import timedelta

from credentials.display import BatchView
from credentials.models import Batch
from tests.look.sample_pages import NOW, batch, dry_run, finished_batch


def test_every_state_of_a_batch_has_a_word_and_an_icon() -> None:
    for state in Batch.State.values:
        view = batch(state=state)
        assert view.word and view.icon.startswith("v-")


def test_counters_add_up() -> None:
    view = batch()
    assert (view.done, view.waiting, view.percent) == (612, 388, 61)
    assert view.done + view.waiting == view.total


def test_the_time_left_follows_the_pace_so_far() -> None:
    assert batch().time_left == "About 23 seconds left"
    assert batch(started_at=NOW - timedelta(minutes=30)).time_left == "About 19 minutes left"
    assert batch(started_at=NOW - timedelta(hours=8)).time_left == "About 5 hours left"


def test_no_time_is_promised_without_a_pace() -> None:
    for view in (batch(started_at=None), batch(issued=0, skipped=0, failed=0), batch(state="paused"), finished_batch()):
        assert view.time_left == ""


def test_a_finished_batch_with_failures_is_no_plain_success() -> None:
    assert finished_batch().kind == "valid"
    assert batch(state="finished").kind == "warn"


def test_polling_stops_when_the_batch_is_final() -> None:
    assert batch().to_json()["final"] is False
    assert finished_batch().to_json()["final"] is True
    assert batch(state="cancelled").to_json()["final"] is True


def test_an_empty_batch_is_done() -> None:
    view: BatchView = batch(total=0, issued=0, skipped=0, failed=0)
    assert view.percent == 100


def test_rows_that_would_be_awarded_are_new_ones_and_renewals() -> None:
    assert dry_run(new=3, renewals=2).good == 5
