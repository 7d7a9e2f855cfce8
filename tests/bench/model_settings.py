"""The product's settings with other addresses (tests/bench/model_urls.py); the middleware is that of the product."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.model_urls"
