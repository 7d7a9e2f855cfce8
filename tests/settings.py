"""Settings of the test run: the project's own, with an instance folder that belongs to this run."""

import os
from tempfile import mkdtemp

# Names that a developer may have set for `dev.py run` must not reach the tests.
for _name in ("HOST", "PORT", "PUBLIC_URL", "PREVIOUS_URLS", "DEBUG", "ALLOWED_HOSTS"):
    os.environ.pop(_name, None)
_RATES = ("VERIFY_RATE", "BATCH_RATE", "CONNECTION_RATE")
os.environ.setdefault("INSTANCE_DIR", mkdtemp(prefix="touchstone-tests-"))
os.environ.setdefault("SECRET_KEY", "of the test run only and worth nothing anywhere else, " * 2)
os.environ.setdefault("MASTER_KEYS", "dGhlIHRlc3QgcnVuJ3MgbWFzdGVyIGtleSwgMzIgYi4=")
for _name in _RATES:
    os.environ[_name] = "100000/min"

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
SECURE_SSL_REDIRECT = False
WHITENOISE_AUTOREFRESH = True  # or else each test client lists all static files first, of a folder that may be missing
