"""A worker that is idle, and may take no message, connects anew; any other is left alone."""

from types import SimpleNamespace
from typing import Any

import pytest
from celery.worker import state

from config.lost_acks import LostAcknowledgements


def consumer(*, held: int, most: int = 2) -> Any:
    qos = SimpleNamespace(can_consume=lambda: held < most)
    return SimpleNamespace(task_consumer=SimpleNamespace(channel=SimpleNamespace(qos=qos)))


def test_a_worker_whose_acknowledgements_were_lost_connects_anew() -> None:
    step, stuck = LostAcknowledgements(None), consumer(held=2)
    step.look(stuck)  # it may be between two tasks
    with pytest.raises(ConnectionError):
        step.look(stuck)


@pytest.mark.parametrize("held", [0, 1])
def test_a_worker_that_may_take_messages_is_left_alone(held: int) -> None:
    step = LostAcknowledgements(None)
    for _ in range(3):
        step.look(consumer(held=held))


def test_a_worker_at_work_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "active_requests", {"a task"})
    step = LostAcknowledgements(None)
    for _ in range(3):
        step.look(consumer(held=2))


def test_a_broker_that_counts_by_itself_is_left_alone() -> None:
    step = LostAcknowledgements(None)
    for _ in range(3):
        step.look(SimpleNamespace(task_consumer=SimpleNamespace(channel=SimpleNamespace())))
        step.look(SimpleNamespace(task_consumer=None))
