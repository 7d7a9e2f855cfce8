"""/healthz says that the process answers; /readyz says that it can also do its work."""

from collections.abc import Callable

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpResponse, JsonResponse
from kombu.exceptions import OperationalError as BrokerError


def healthz() -> HttpResponse:
    return _no_store(HttpResponse("ok\n", content_type="text/plain"))


def readyz() -> HttpResponse:
    """200 with what was looked at, or 503 with what is missing; opens one connection to each."""
    parts = {"database": _database(), "broker": _broker()}
    is_ready = all(state == "ok" for state in parts.values())
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


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return "unreachable"
    return "ok"


PROBES: dict[str, Callable[[], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
