"""Django settings, one file for every installation: what differs comes from the environment (config/env.py)."""

from typing import Any
from urllib.parse import urlsplit

from config.env import (
    BASE_DIR,
    INSTANCE_DIR,
    as_bool,
    as_broker,
    as_cache,
    as_choice,
    as_database,
    as_list,
    as_mail,
    as_master_keys,
    as_networks,
    as_number,
    as_public_url,
    as_public_urls,
    as_rate,
    as_text,
    declare,
    is_loopback,
)

# What an operator decides.

HOST = declare("HOST", as_text, "127.0.0.1", help="Address the web server listens on.")
PORT = declare("PORT", as_number(1, 65535), "8000", help="Port the web server listens on.")
PUBLIC_URL = declare(
    "PUBLIC_URL",
    as_public_url,
    f"http://localhost:{PORT}",
    shown="http://localhost:PORT",
    help="Start of every address and issuer identity in a credential. A change goes with PREVIOUS_URLS.",
)
PREVIOUS_URLS = declare(
    "PREVIOUS_URLS", as_public_urls, "", help="Earlier values of PUBLIC_URL, by comma; their credentials stay ours."
)
DEBUG = declare("DEBUG", as_bool, "false", help="Error pages with details and the demo sign-in; loopback only.")
SECRET_KEY = declare("SECRET_KEY", as_text, "", help="Signs sessions and forms; 50 random characters or more.")
MASTER_KEYS = declare(
    "MASTER_KEYS",
    as_master_keys,
    "",
    help="Seal issuers' private keys: base64 of 32 bytes each, by comma; the first seals, all open.",
)
DATABASE_URL = declare(
    "DATABASE_URL",
    as_database,
    "sqlite:///touchstone.sqlite3",
    help="`postgres://user:password@host:5432/name`, or a SQLite file (relative to INSTANCE_DIR).",
)
BROKER_URL = declare(
    "BROKER_URL", as_broker, "fsbroker://", help="`redis://host:6379/0`; the default keeps messages in INSTANCE_DIR."
)
CACHE_URL = declare("CACHE_URL", as_cache, "", help="`redis://host:6379/1`; without it each process has its own.")
ALLOWED_HOSTS = declare(
    "ALLOWED_HOSTS",
    as_list,
    "",
    shown="the hosts of PUBLIC_URL and PREVIOUS_URLS",
    help="Host names that requests may carry, by comma.",
)
TRUSTED_PROXIES = declare(
    "TRUSTED_PROXIES", as_networks, "", help="Addresses or networks of proxies whose X-Forwarded headers count."
)
WEB_WORKERS = declare("WEB_WORKERS", as_number(1, 64), "2", help="Processes that answer web requests.")
ISSUING_WORKERS = declare("ISSUING_WORKERS", as_number(1, 64), "2", help="Processes that sign and issue.")
VERIFY_RATE = declare(
    "VERIFY_RATE",
    as_rate,
    "600/min" if DEBUG else "30/min",
    shown="30/min, with DEBUG 600/min",
    help="Verifications per client address.",
)
BATCH_RATE = declare(
    "BATCH_RATE",
    as_rate,
    "60/min" if DEBUG else "6/min",
    shown="6/min, with DEBUG 60/min",
    help="Batches of up to 100 verifications per client address.",
)
CONNECTION_RATE = declare(
    "CONNECTION_RATE",
    as_rate,
    "600/min" if DEBUG else "60/min",
    shown="60/min, with DEBUG 600/min",
    help="Connections to other sites per client address.",
)
FETCH_CONCURRENCY = declare(
    "FETCH_CONCURRENCY", as_number(1, 64), "4", help="Links to other sites that each web process follows at once."
)
MAX_UPLOAD_MB = declare("MAX_UPLOAD_MB", as_number(1, 100), "5", help="Largest request, such as a badge to verify.")
MAX_IMPORT_MB = declare("MAX_IMPORT_MB", as_number(1, 1000), "100", help="Largest CSV or XLSX file of awards.")
MAIL_URL = declare(
    "MAIL_URL",
    as_mail,
    "",
    shown="files in INSTANCE_DIR",
    help="`smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or `console:`; the default writes files.",
)
MAIL_FROM = declare("MAIL_FROM", as_text, "", shown="touchstone@ the host of PUBLIC_URL", help="Sender of mails.")
LOG_LEVEL = declare(
    "LOG_LEVEL", as_choice("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", help="How much the servers write to the log."
)
TOUCHSTONE_FAILPOINT = declare(
    "TOUCHSTONE_FAILPOINT", as_text, "", help="For tests: where a worker kills itself (loopback only)."
)

_public_hosts = [urlsplit(url).hostname or "" for url in (PUBLIC_URL, *PREVIOUS_URLS)]
_is_https = PUBLIC_URL.startswith("https://")
if not ALLOWED_HOSTS:
    loopback = ["localhost", "127.0.0.1", "[::1]"] if is_loopback(_public_hosts[0]) else []
    ALLOWED_HOSTS = [*dict.fromkeys([*_public_hosts, *loopback])]

# The parts.

INSTALLED_APPS = [
    "issuers",
    "credentials",
    "learners",
    "verification",
    "rest_framework",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "config.middleware.Probes",
    "config.middleware.TrustedProxies",
    "config.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.ContentSecurity",
    "config.middleware.BodyLimits",
    "config.middleware.NotFoundPages",
    "config.middleware.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.Authentication",
    "config.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# What is kept, and where.

DATABASES = {"default": DATABASE_URL}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": CACHE_URL}
# What all processes must count together, though seldom: in files where there is no Redis.
CACHES["shared"] = (
    CACHE_URL
    if "LOCATION" in CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(INSTANCE_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
)
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Locks that tell who works on what, where the database is SQLite (credentials/leases.py).
LEASE_FOLDER = INSTANCE_DIR / "leases"

# How far the audit log was, kept apart from the database (issuers/checkpoints.py).
AUDIT_FOLDER = INSTANCE_DIR / "audit"

STATIC_URL = "/static/"
STATIC_ROOT = INSTANCE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Names with a hash need `manage.py collectstatic`, which the container image runs; without it files come as they are.
_collected = (STATIC_ROOT / "staticfiles.json").is_file() and not DEBUG
WHITENOISE_USE_FINDERS = not _collected
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Mails: what is sent waits in the database until the server accepts it (credentials/notices.py).

EMAIL_BACKEND = MAIL_URL["backend"]
EMAIL_FILE_PATH = MAIL_URL.get("folder")
EMAIL_HOST, EMAIL_PORT = MAIL_URL.get("host", ""), MAIL_URL.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL_URL.get("user", ""), MAIL_URL.get("password", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL_URL.get("use_ssl", False), MAIL_URL.get("use_tls", False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = MAIL_FROM or f"Touchstone <touchstone@{_public_hosts[0]}>"

# Requests: a body above its limit is refused before it is read (config/middleware.py).

_MIB = 2**20
BODY_LIMITS = (("/dashboard/", (MAX_IMPORT_MB + 1) * _MIB), ("/", (MAX_UPLOAD_MB + 1) * _MIB))
DATA_UPLOAD_MAX_MEMORY_SIZE = (MAX_UPLOAD_MB + 1) * _MIB
FILE_UPLOAD_MAX_MEMORY_SIZE = (MAX_UPLOAD_MB + 1) * _MIB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# People.

AUTH_USER_MODEL = "learners.User"
AUTHENTICATION_BACKENDS = ["learners.sign_in.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/dashboard/"
LOGOUT_REDIRECT_URL = "/"
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# What a browser is told.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = _is_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _is_https else 0
# Other services on the operator's domain are not ours to force onto https.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_NAME = "__Host-session" if _is_https else "touchstone_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _is_https else "touchstone_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "config.problems.csrf_failure"

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_THROTTLE_RATES": {
        "verify": VERIFY_RATE,
        "verify_batch": BATCH_RATE,
        "fetch": CONNECTION_RATE,
    },
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# The worker. The database knows what is to be done; messages only wake a worker (config/fsbroker.py, DESIGN 4).

# kombu wants some host in every address.
CELERY_BROKER_URL = "fsbroker://localhost" if BROKER_URL.startswith("fsbroker") else BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"folder": str(INSTANCE_DIR / "broker")}
    if BROKER_URL.startswith("fsbroker")
    # Redis gives a message to another worker after visibility_timeout, which must exceed the longest task.
    else {"visibility_timeout": 600, "socket_connect_timeout": 2, "socket_timeout": 10, "health_check_interval": 30}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
# A request that cannot reach the broker goes on; the sweep finds what it left in the database.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = {
    "credentials.tasks.issue*": {"queue": "issuing"},
    "credentials.tasks.check_file": {"queue": "issuing"},
}
CELERY_WORKER_CONCURRENCY = ISSUING_WORKERS
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(INSTANCE_DIR / "beat-schedule")
# A wake-up that nobody took in time is worth nothing: the next one is on its way.
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "sweep": {"task": "credentials.tasks.sweep", "schedule": 5.0, "options": {"expires": 10}},
    "awards": {"task": "credentials.tasks.sweep_awards", "schedule": 3.0, "options": {"expires": 6}},
    "notices": {"task": "credentials.tasks.send_notices", "schedule": 10.0, "options": {"expires": 20}},
    "expired awards": {"task": "credentials.tasks.note_expired", "schedule": 3600.0, "options": {"expires": 3600}},
    "audit checkpoint": {
        "task": "credentials.tasks.write_checkpoint",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "status lists": {
        "task": "credentials.tasks.refresh_status_lists",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL, "propagate": True}},
}
