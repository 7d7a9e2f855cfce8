"""Connect a worker anew when the broker was away at the moment when its tasks ended.

What cannot be acknowledged then is logged by Celery and counted as being worked on for ever. With as many such messages
as a worker may hold, it asks for no others and so never notices that its connection is dead: it is idle and full.
"""

from __future__ import annotations

from typing import Any

from celery import bootsteps
from celery.worker import state

SECONDS = 5.0


class LostAcknowledgements(bootsteps.StartStopStep):
    """Looks every few seconds; a connection error raised in the event loop makes the worker connect anew."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer: Any = None
        self._was_stuck = False

    def start(self, consumer: Any) -> None:
        self._was_stuck = False
        self._timer = consumer.timer.call_repeatedly(SECONDS, self.look, (consumer,), priority=10)

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def look(self, consumer: Any) -> None:
        """Raises ConnectionResetError where the worker was idle and full at two looks in a row."""
        is_stuck = is_idle() and is_full(consumer.task_consumer)
        if is_stuck and self._was_stuck:
            raise ConnectionResetError("Acknowledgements were lost; connecting to the broker anew.")
        self._was_stuck = is_stuck


def is_idle() -> bool:
    return not state.active_requests and not state.reserved_requests


def is_full(task_consumer: Any) -> bool:
    """Whether no further message may come, on brokers where kombu counts that itself (Redis, our files)."""
    qos = getattr(getattr(task_consumer, "channel", None), "qos", None)
    can_consume = getattr(qos, "can_consume", None)
    return can_consume is not None and not can_consume()
