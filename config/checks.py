"""A wrong setup stops at the start and says what to do.

`manage.py check` prints these; the web server and the worker call `refuse_unsafe_start` and do not start.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from config.env import INSTANCE_DIR, is_loopback

README = "See README, Settings."


@register(Tags.security)
def unsafe_settings(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Every setting that must not reach a running server, as errors touchstone.E001 and following."""
    return [*_unsafe_addresses(), *_unsafe_secrets()]


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured with all findings, one sentence each."""
    if found := unsafe_settings():
        raise ImproperlyConfigured(" ".join(f"{check.msg}. {check.hint}" for check in found))


def _unsafe_addresses() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    public = urlsplit(settings.PUBLIC_URL)
    is_public = not is_loopback(public.hostname or "")
    if settings.DEBUG and (is_public or not is_loopback(settings.HOST)):
        found.append(
            Error(
                f"DEBUG is on while others can reach {settings.PUBLIC_URL} on {settings.HOST}",
                hint=f"Set DEBUG=false, or HOST=127.0.0.1 and no PUBLIC_URL. {README}",
                id="touchstone.E001",
            )
        )
    if is_public and public.scheme != "https":
        found.append(
            Error(
                f"PUBLIC_URL {settings.PUBLIC_URL} is not https",
                hint=f"Put a proxy with a certificate in front and set PUBLIC_URL=https://… {README}",
                id="touchstone.E002",
            )
        )
    if any(host in {"*", "."} for host in settings.ALLOWED_HOSTS):
        found.append(
            Error("ALLOWED_HOSTS lets every host name in", hint=f"Name the hosts. {README}", id="touchstone.E003")
        )
    if is_public and settings.TOUCHSTONE_FAILPOINT:
        found.append(
            Error(
                f"TOUCHSTONE_FAILPOINT kills workers of {settings.PUBLIC_URL}",
                hint=f"Leave it out: it is for tests. {README}",
                id="touchstone.E007",
            )
        )
    return found


def _unsafe_secrets() -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not _is_strong(_secret_key()):
        found.append(
            Error(
                "SECRET_KEY is missing, too short or a sample",
                hint=f"Run `python3 dev.py run` once, or set SECRET_KEY to 50 random characters. {README}",
                id="touchstone.E004",
            )
        )
    if not settings.MASTER_KEYS:
        found.append(
            Error(
                "MASTER_KEYS is missing, so issuers' keys could not be sealed",
                hint=f"Run `python3 dev.py run` once, or set MASTER_KEYS (openssl rand -base64 32). {README}",
                id="touchstone.E005",
            )
        )
    found += [
        Error(f"{path} can be read by others", hint=f"chmod 600 {path}", id="touchstone.E006")
        for path in _secret_files()
        if path.is_file() and path.stat().st_mode & 0o007
    ]
    return found


def _secret_key() -> str:
    try:
        return str(settings.SECRET_KEY)
    except ImproperlyConfigured:
        return ""


def _is_strong(key: str) -> bool:
    return len(key) >= 50 and len(set(key)) >= 5 and not key.startswith(("django-insecure-", "change", "secret"))


def _secret_files() -> list[Path]:
    """Files that hold secrets. Containers mount theirs readable under /run/secrets, where only one user lives."""
    folder = INSTANCE_DIR / "secrets"
    named = [Path(os.environ[f"{name}_FILE"]) for name in ("SECRET_KEY", "MASTER_KEYS") if f"{name}_FILE" in os.environ]
    return [
        *(sorted(folder.iterdir()) if folder.is_dir() else []),
        *(path for path in named if not path.is_relative_to("/run/secrets")),
    ]
