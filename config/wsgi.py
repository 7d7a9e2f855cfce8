"""The web application, as granian and other WSGI servers load it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks import refuse_unsafe_start  # noqa: E402  (needs the settings, which are loaded now)
from verification import limited  # noqa: E402

refuse_unsafe_start()
limited.warm(after=5)  # pages come first
