"""Waking a worker: a message without content of its own. The tables say what is to be done."""

from __future__ import annotations

import logging

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(task: str, *arguments: object) -> None:
    """Tell a worker that there is work. A broker that is away costs nothing but time: the sweeper tells again."""
    try:
        current_app.send_task(task, args=list(arguments), expires=60)
    except OperationalError:
        log.warning("The broker is away; %s goes on when it is back", task)
