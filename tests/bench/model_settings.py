"""The product's settings with other addresses (tests/bench/model_urls.py); its middleware, too, as for any page."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.model_urls"
