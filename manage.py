#!/usr/bin/env python
"""Django's command line for Touchstone; settings come from the environment and from var/ (config/env.py)."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is missing. Use .venv/bin/python manage.py, which `python3 dev.py run` sets up.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
