"""What the container files promise: settings that exist, a user that is not root, queues that tasks are sent to."""

import re
from pathlib import Path

import yaml
from django.conf import settings

from config import env
from config.supervisor import worker_command

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_compose_sets_only_settings_that_exist() -> None:
    names = set(COMPOSE["x-touchstone"]["environment"])
    assert names <= {setting.name for setting in env.declared()}
    assert {"PUBLIC_URL", "SECRET_KEY", "MASTER_KEYS", "DATABASE_URL", "BROKER_URL", "CACHE_URL"} <= names


def test_compose_has_every_part_and_a_health_check_for_each_that_stays() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"migrate", "web", "worker", "beat", "postgres", "redis"}
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]


def test_nothing_is_published_beyond_loopback() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:${PORT:-8000}:8000"]


def test_the_image_runs_as_a_user_of_its_own() -> None:
    users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert users == ["touchstone"]


def test_workers_read_every_queue_that_tasks_are_sent_to() -> None:
    used = {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in settings.CELERY_TASK_ROUTES.values())}
    (in_compose,) = (word for word in COMPOSE["services"]["worker"]["command"] if word.startswith("--queues="))
    here = worker_command(Path("/tmp"))
    assert set(in_compose.removeprefix("--queues=").split(",")) == used
    assert set(here[here.index("-Q") + 1].split(",")) == used


def test_the_clock_asks_for_tasks_that_exist() -> None:
    import credentials.tasks
    from config import celery_app

    assert credentials.tasks
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(celery_app.tasks)
