"""PostgreSQL and Redis in the shape of docker-compose.yml: a database made for this run, and its own command lines."""

import os
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import pytest
import redis
import yaml
from django.conf import settings

from tests.processes.installation import ROOT, Installation

NAME = f"touchstone_test_{secrets.token_hex(6)}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Two runs on one server must not meet."""
    settings.DATABASES["default"]["TEST"]["NAME"] = f"{NAME}_django"


@pytest.fixture(scope="session")
def broker() -> Iterator["redis.Redis"]:
    """The Redis database of BROKER_URL, which these tests empty; so it must be empty when they start."""
    with closing(redis.Redis.from_url(os.environ["BROKER_URL"])) as client:
        if client.dbsize():
            pytest.fail(f"{os.environ['BROKER_URL']} is not empty. Give these tests a Redis database of their own.")
        yield client
        client.flushdb()


@pytest.fixture(scope="session")
def production(broker: "redis.Redis", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Tables and sample data in a database that is dropped afterwards."""
    server = os.environ["DATABASE_URL"]
    url = urlsplit(server)._replace(path=f"/{NAME}").geturl()
    _on_server(server, f"CREATE DATABASE {NAME}")
    try:
        addresses = {name: os.environ[name] for name in ("BROKER_URL", "CACHE_URL") if name in os.environ}
        installation = Installation(tmp_path_factory.mktemp("production"), {"DATABASE_URL": url, **addresses})
        installation.prepare()
        broker.flushdb()
        yield installation
    finally:
        _on_server(server, f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="session")
def compose() -> dict[str, Sequence[str]]:
    """What docker-compose.yml starts, by service, run by this Python."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return {name: [sys.executable, "-m", *services[name]["command"]] for name in ("worker", "beat")}


def _on_server(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True  # a database cannot be made inside a transaction
        with connection.cursor() as cursor:
            cursor.execute(statement)
