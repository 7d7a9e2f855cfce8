"""The shell around the apps: settings, addresses, worker, web server."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
