"""Settings: where a value comes from, what each parser takes, and the README's table."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty instance folder, and a table whose additions do not outlive the test."""
    (tmp_path / "secrets").mkdir()
    monkeypatch.setattr(env, "INSTANCE_DIR", tmp_path)
    monkeypatch.setattr(env, "_declared", dict(env._declared))
    env._instance.cache_clear()
    yield tmp_path
    env._instance.cache_clear()


def declare(name: str = "COLOUR") -> str:
    return env.declare(name, env.as_text, "grey", help="A test.")


def test_a_setting_that_nobody_gave_has_its_default(instance: Path) -> None:
    assert declare() == "grey"


def test_the_environment_wins_over_what_dev_py_remembered(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (instance / "instance.json").write_text(json.dumps({"COLOUR": "red"}))
    assert declare() == "red"
    monkeypatch.setenv("COLOUR", "blue")
    assert declare() == "blue"


def test_an_empty_variable_counts_as_not_given(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR", " ")
    assert declare() == "grey"


def test_a_secret_comes_from_the_named_file_or_from_the_instance_folder(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (instance / "secrets" / "colour").write_text("kept\n")
    assert declare() == "kept"
    (instance / "named").write_text("mounted\n")
    monkeypatch.setenv("COLOUR_FILE", str(instance / "named"))
    assert declare() == "mounted"


def test_a_secret_file_that_is_not_there_is_named(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLOUR_FILE", "/nowhere/at/all")
    with pytest.raises(ImproperlyConfigured, match="COLOUR_FILE: cannot read /nowhere/at/all"):
        declare()


def test_a_value_that_cannot_be_read_stops_the_start_and_names_the_setting(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(ImproperlyConfigured, match="PORT: write a whole number from 1 to 65535, not 'eighty'"):
        env.declare("PORT", env.as_number(1, 65535), "8000", help="A test.")


def test_a_broken_instance_file_says_what_to_do(instance: Path) -> None:
    (instance / "instance.json").write_text("{")
    with pytest.raises(ImproperlyConfigured, match="delete it and run dev"):
        declare()


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (env.as_bool, "Yes", True),
        (env.as_bool, "0", False),
        (env.as_list, " a, b ,,", ["a", "b"]),
        (env.as_rate, "30/min", "30/min"),
        (env.as_public_url, "HTTPS://Badges.Example.org/", "https://badges.example.org"),
        (env.as_public_url, "http://localhost:8000", "http://localhost:8000"),
        (env.as_choice("INFO", "ERROR"), "error", "ERROR"),
        (env.as_broker, "redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        (env.as_mail, "console:", {"backend": "django.core.mail.backends.console.EmailBackend"}),
        (env.as_master_keys, "", []),
        (env.as_master_keys, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", [bytes(32)]),
    ],
)
def test_parsers_take_what_people_write(parse: Callable[[str], Any], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (env.as_bool, "maybe"),
        (env.as_number(1, 9), "10"),
        (env.as_number(1, 9), "٣"),
        (env.as_rate, "30"),
        (env.as_rate, "0/min"),
        (env.as_rate, "30/fortnight"),
        (env.as_public_url, "badges.example.org"),
        (env.as_public_url, "https://badges.example.org/sub"),
        (env.as_public_url, "https://badges.example.org?x=1"),
        (env.as_public_url, "https://user@badges.example.org"),
        (env.as_public_url, "https://192.0.2.1"),
        (env.as_public_url, "http://127.0.0.1:8000"),
        (env.as_public_url, "https://badges.example.org:99999"),
        (env.as_choice("INFO"), "LOUD"),
        (env.as_networks, "10.0.0.0/99"),
        (env.as_broker, "amqp://localhost"),
        (env.as_cache, "memcached://localhost"),
        (env.as_master_keys, "c2hvcnQ="),
        (env.as_master_keys, "not base64"),
        (env.as_master_keys, ","),
        (env.as_database, "mysql://localhost/x"),
        (env.as_database, "postgres://localhost"),
        (env.as_database, "sqlite://name.sqlite3"),
    ],
)
def test_parsers_refuse_the_rest(parse: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        parse(text)


def test_a_postgresql_address_becomes_djangos_settings() -> None:
    database = env.as_database("postgres://wri%40ter:p%2Fw@db.example:6432/touch%20stone?sslmode=require")
    facts = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME", "OPTIONS", "CONN_MAX_AGE")
    assert [database[fact] for fact in facts] == [
        "django.db.backends.postgresql", "wri@ter", "p/w", "db.example", "6432", "touch stone", {"sslmode": "require"},
        600,
    ]  # fmt: skip


def test_a_sqlite_file_is_relative_to_the_instance_folder_or_absolute(instance: Path) -> None:
    assert env.as_database("sqlite:///a.sqlite3")["NAME"] == instance / "a.sqlite3"
    assert env.as_database("sqlite:////srv/a.sqlite3")["NAME"] == Path("/srv/a.sqlite3")


def test_a_sqlite_file_stays_open_between_requests() -> None:
    assert env.as_database("sqlite:///a.sqlite3")["CONN_MAX_AGE"] == 600


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "a.localhost"])
def test_loopback_is_recognised(host: str) -> None:
    assert env.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "example.org", "192.168.0.1", "localhost.example.org", ""])
def test_anything_else_is_not_loopback(host: str) -> None:
    assert not env.is_loopback(host)


def test_the_readme_carries_the_table_of_settings() -> None:
    assert env.settings_table() in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "port", "ssl", "tls"),
    [
        ("smtp://me%40x:p%3Aw@mail.example.org", 587, False, True),
        ("smtps://me%40x:p%3Aw@mail.example.org", 465, True, False),
        ("smtp://me%40x:p%3Aw@localhost:25", 25, False, False),
    ],
)
def test_a_mail_server_is_spoken_to_in_secret_unless_it_is_this_machine(
    text: str, port: int, ssl: bool, tls: bool
) -> None:
    found = env.as_mail(text)
    assert (found["user"], found["password"]) == ("me@x", "p:w")
    assert (found["port"], found["use_ssl"], found["use_tls"]) == (port, ssl, tls)


def test_without_a_mail_server_mails_become_files(instance: Path) -> None:
    assert env.as_mail("") == {
        "backend": "django.core.mail.backends.filebased.EmailBackend",
        "folder": str(instance / "mail"),
    }


@pytest.mark.parametrize("text", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host/path"])
def test_a_mail_server_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write smtp://"):
        env.as_mail(text)
