"""The web application, as granian and other WSGI servers load it."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.checks import refuse_unsafe_start  # noqa: E402  (needs the settings, which are loaded now)
from verification import limited  # noqa: E402

refuse_unsafe_start()
# A request makes thousands of values that end with it. To look for rings among them after every 700, as Python does by
# itself, takes a twentieth of the time of a verdict.
gc.set_threshold(50_000, 10, 10)
limited.warm(after=5)  # pages come first
