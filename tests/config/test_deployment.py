"""What the container files promise: settings that exist, a user that is not root, queues that tasks are sent to."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config import env
from config.supervisor import web_command, worker_command

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


def test_a_web_process_has_one_thread_more_than_fetches_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or slow hosts of others could hold every thread (docs/outbound.md)."""
    default = next(setting.default for setting in env.declared() if setting.name == "FETCH_CONCURRENCY")
    (command,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (counted,) = re.findall(r'--blocking-threads "(\S+ \+ \d\)\))"', json.loads(command)[2])
    for given in (default, "9"):
        monkeypatch.setenv("FETCH_CONCURRENCY", given)
        words = web_command("127.0.0.1", "8000")
        assert words[words.index("--blocking-threads") + 1] == str(int(given) + 1)
        shell = subprocess.run(["sh", "-c", f"echo {counted}"], capture_output=True, text=True, check=True)
        assert shell.stdout.strip() == str(int(given) + 1)
    monkeypatch.delenv("FETCH_CONCURRENCY")
    words = web_command("127.0.0.1", "8000")
    assert words[words.index("--blocking-threads") + 1] == str(int(default) + 1)
    assert subprocess.run(["sh", "-c", f"echo {counted}"], capture_output=True, text=True, check=True).stdout == "5\n"


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
