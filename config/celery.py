"""The worker's application. What a worker does lives in each app's `tasks`; how it behaves is in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init
from kombu.transport import TRANSPORT_ALIASES

from config.lost_acks import LostAcknowledgements

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["fsbroker"] = "config.fsbroker:Transport"

app = Celery("touchstone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["consumer"].add(LostAcknowledgements)


@celeryd_init.connect
def refuse_unsafe_worker(**kwargs: Any) -> None:
    from config.checks import refuse_unsafe_start  # noqa: PLC0415  (needs the settings, which load later)

    refuse_unsafe_start()
