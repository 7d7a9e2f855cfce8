"""/healthz says that the process answers; /readyz says that it can also do its work.

/readyz also raises the alarm that no worker signs status lists any more, as `"status_lists": "late"` and an error in
the log. It stays 200: this process can answer, and taking it away would help nobody.
"""

import logging
from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from credentials import status_lists

log = logging.getLogger(__name__)


def healthz() -> HttpResponse:
    return _no_store(HttpResponse("ok\n", content_type="text/plain"))


def readyz() -> HttpResponse:
    """200 with what was looked at, or 503 with what is missing; opens one connection to each."""
    parts = {"database": _database(), "broker": _broker()}
    is_ready = all(state == "ok" for state in parts.values())
    if parts["database"] == "ok":
        parts["status_lists"] = _status_lists()
    return _no_store(JsonResponse(parts, status=200 if is_ready else 503))


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _status_lists() -> str:
    try:
        late = status_lists.late_since(now=timezone.now())
    except DatabaseError:
        return "unknown"  # the tables are not there yet
    if late is None:
        return "ok"
    log.error("A status list should have been signed since %s. Is a worker running?", late)
    return "late"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return "unreachable"
    return "ok"


PROBES: dict[str, Callable[[], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
