"""The product's settings with the probe installed."""

from quietmonday.config.settings import *  # noqa: F403 - settings are taken over whole
from quietmonday.config.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.outbox.probe.apps.ProbeConfig"]
