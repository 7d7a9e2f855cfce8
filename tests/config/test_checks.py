"""A wrong setup stops at the start and says what to do."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config import checks


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.DEBUG = False
    settings.HOST = "0.0.0.0"
    settings.PUBLIC_URL = "https://badges.example.org"
    settings.ALLOWED_HOSTS = ["badges.example.org"]
    return settings


def found() -> list[str]:
    return [str(check.id).removeprefix("touchstone.") for check in checks.unsafe_settings()]


def test_a_sound_production_setup_starts(production: Settings) -> None:
    checks.refuse_unsafe_start()
    assert found() == []


def test_debug_with_a_public_address_is_refused(production: Settings) -> None:
    production.DEBUG = True
    assert found() == ["E001"]


def test_debug_on_all_interfaces_is_refused(production: Settings) -> None:
    production.DEBUG, production.PUBLIC_URL = True, "http://localhost:8000"
    assert found() == ["E001"]


def test_debug_on_loopback_is_fine(production: Settings) -> None:
    production.DEBUG, production.PUBLIC_URL, production.HOST = True, "http://localhost:8000", "127.0.0.1"
    assert found() == []


def test_a_public_address_without_https_is_refused(production: Settings) -> None:
    production.PUBLIC_URL = "http://badges.example.org"
    assert found() == ["E002"]


def test_wildcard_hosts_are_refused(production: Settings) -> None:
    production.ALLOWED_HOSTS = ["*"]
    assert found() == ["E003"]


@pytest.mark.parametrize("key", ["", "short", "x" * 60, "django-insecure-" + "abcdefghij" * 6, "changeme" * 8])
def test_a_weak_secret_key_is_refused(production: Settings, key: str) -> None:
    production.SECRET_KEY = key
    assert found() == ["E004"]


def test_missing_master_keys_are_refused(production: Settings) -> None:
    production.MASTER_KEYS = []
    assert found() == ["E005"]


def test_no_server_that_others_can_reach_starts_with_a_failpoint(production: Settings) -> None:
    production.TOUCHSTONE_FAILPOINT = "after_sign"
    assert found() == ["E007"]


def test_a_secret_that_others_can_read_is_refused(
    production: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file = tmp_path / "master_keys"
    key_file.write_text("x")
    key_file.chmod(0o644)
    monkeypatch.setenv("MASTER_KEYS_FILE", str(key_file))
    assert found() == ["E006"]
    key_file.chmod(0o600)
    assert found() == []


def test_the_refusal_names_the_cure(production: Settings) -> None:
    production.MASTER_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="openssl rand -base64 32"):
        checks.refuse_unsafe_start()
