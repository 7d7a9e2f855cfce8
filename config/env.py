"""Settings are declared here, once, and read from the environment.

A value is looked for in this order: the environment; the file that `NAME_FILE` points at; `instance.json` in the
instance folder (what `dev.py run` remembered); a file of that name in the instance folder's `secrets/`; the default.
So a bare `.venv/bin/python manage.py …` agrees with the running servers without any variable set.
"""

import json
import os
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent
INSTANCE_DIR = (BASE_DIR / os.environ.get("INSTANCE_DIR", "var")).resolve()


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings table; `default` is the text shown to people."""

    name: str
    default: str
    help: str


_declared: dict[str, Setting] = {
    "INSTANCE_DIR": Setting("INSTANCE_DIR", "var", "Folder for what this installation keeps on its own disk."),
}


def declare(name: str, parse: Callable[[str], T], default: str, *, help: str, shown: str | None = None) -> T:
    """Enter `name` into the table and return its value.

    parse: turns the text into the value, or raises ValueError with a plain sentence; default: a text, parsed alike;
    shown: what the table prints where the default is computed. Raises ImproperlyConfigured naming the setting.
    """
    _declared[name] = Setting(name, default if shown is None else shown, help)
    text = _given(name)
    try:
        return parse(default if text is None else text)
    except ValueError as error:
        raise ImproperlyConfigured(f"Setting {name}: {error}") from None


def declared() -> tuple[Setting, ...]:
    """Every setting, in the order of declaration; complete once `config.settings` is imported."""
    return tuple(_declared.values())


def settings_table() -> str:
    """The table of settings in Markdown, as the README carries it."""
    rows = [f"| `{s.name}` | {f'`{s.default}`' if s.default else 'none'} | {s.help} |" for s in declared()]
    return "\n".join(["| Setting | Default | What it does |", "|---|---|---|", *rows])


def _given(name: str) -> str | None:
    """The configured text of a setting, or None. An empty text counts as not given."""
    if text := os.environ.get(name, "").strip():
        return text
    if path := os.environ.get(f"{name}_FILE", "").strip():
        return _read_secret(Path(path), f"{name}_FILE")
    if text := _instance().get(name, ""):
        return text
    kept = INSTANCE_DIR / "secrets" / name.lower()
    return _read_secret(kept, name) if kept.is_file() else None


def _read_secret(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"Setting {name}: cannot read {path} ({error.strerror})") from None


@cache
def _instance() -> dict[str, str]:
    path = INSTANCE_DIR / "instance.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{path} cannot be read ({error}); delete it and run dev.py again") from None
    return {str(key): str(value) for key, value in values.items()}


# Parsers: text in, value out, ValueError with one plain sentence.


def as_text(text: str) -> str:
    return text


def as_bool(text: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
    try:
        return words[text.lower()]
    except KeyError:
        raise ValueError(f"write true or false, not {text!r}") from None


def as_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"write a whole number from {low} to {high}, not {text!r}")
        return int(text)

    return parse


def as_list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def as_choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        for choice in choices:
            if text.lower() == choice.lower():
                return choice
        raise ValueError(f"write one of {', '.join(choices)}, not {text!r}")

    return parse


def as_rate(text: str) -> str:
    """A rate such as "30/min"; the period is sec, min, hour or day."""
    count, _, period = text.partition("/")
    if not count.isascii() or not count.isdigit() or int(count) < 1 or period not in {"sec", "min", "hour", "day"}:
        raise ValueError(f"write a rate such as 30/min, not {text!r}")
    return text


def as_public_url(text: str) -> str:
    """An origin: scheme, host and perhaps a port, without a path or a final slash; lower case."""
    parts = _split(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"write an address such as https://badges.example.org, not {text!r}")
    if parts.path not in {"", "/"}:
        raise ValueError("write the address without a path; Touchstone is served from the root of its host")
    if _is_address(parts.hostname):
        raise ValueError("write a host name, such as localhost; an IP address cannot be part of a did:web identity")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def as_public_urls(text: str) -> list[str]:
    return [as_public_url(part) for part in as_list(text)]


def as_networks(text: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(part) for part in as_list(text)]
    except ValueError as error:
        raise ValueError(f"write addresses or networks such as 10.0.0.0/8; {error}") from None


def as_master_keys(text: str) -> list[bytes]:
    """Base64 of 32 bytes each, by comma; the first seals new keys, all of them open old ones."""
    try:
        keys = [b64decode(part, validate=True) for part in as_list(text)]
    except Base64Error:
        keys = []
    if text.strip() and (not keys or any(len(key) != 32 for key in keys)):
        raise ValueError("write base64 of exactly 32 bytes per key, several by comma (openssl rand -base64 32)")
    return keys


def as_broker(text: str) -> str:
    if _split(text).scheme not in {"fsbroker", "redis", "rediss"}:
        raise ValueError("write redis://host:6379/0, or leave it out for the broker that needs no server")
    return text


def as_cache(text: str) -> dict[str, Any]:
    """A value for Django's CACHES["default"]; empty text is a cache inside each process."""
    if not text:
        # Django keeps 300 entries by itself and then forgets at random: rate limits of a few hundred addresses.
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}
    if _split(text).scheme not in {"redis", "rediss"}:
        raise ValueError("write redis://host:6379/1, or leave it out for a cache inside each process")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": text}


def as_mail(text: str) -> dict[str, Any]:
    """How mails leave: backend, and folder or host, port, user, password, use_ssl, use_tls.

    Empty text writes each mail to a file in the instance folder.
    """
    if not text:
        folder = str(INSTANCE_DIR / "mail")
        return {"backend": "django.core.mail.backends.filebased.EmailBackend", "folder": folder}
    if text == "console:":
        return {"backend": "django.core.mail.backends.console.EmailBackend"}
    parts = _split(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError("write smtp://user:password@host:587, smtps://user:password@host:465, or console:")
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        # A server on this machine has no certificate for its name.
        "use_tls": parts.scheme == "smtp" and not is_loopback(parts.hostname),
    }


def as_database(text: str) -> dict[str, Any]:
    """A value for Django's DATABASES["default"] from sqlite:///path or postgres://user:password@host:port/name."""
    parts = _split(text)
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("write postgres://user:password@host:5432/name or sqlite:///path/to/file")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    """sqlite:///name.db is relative to the instance folder, sqlite:////srv/name.db is absolute."""
    if parts.netloc or len(parts.path) < 2:
        raise ValueError("write sqlite:///name.sqlite3 (in the instance folder) or sqlite:////absolute/path")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": INSTANCE_DIR / unquote(parts.path[1:]),
        # Opening and closing for each request costs more than the request: the last one to close tidies the file up.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            "timeout": 20,
            # A transaction takes the write lock when it starts, so that two writers queue instead of failing half way.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        },
    }


def _split(text: str) -> SplitResult:
    """urlsplit that also checks the port, which the standard library does only when asked for it."""
    parts = urlsplit(text)
    if parts.port == 0:
        raise ValueError("port 0 cannot be used here")
    return parts


def is_loopback(host: str) -> bool:
    """Whether `host` (a name, or an address with or without brackets) can only mean this machine."""
    bare = host.strip("[]").lower()
    return bare == "localhost" or bare.endswith(".localhost") or (_is_address(bare) and ip_address(bare).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
