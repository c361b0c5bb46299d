"""The product's settings, but that nobody waits: a test sends more than a program may."""

from quietmonday.config.settings import *  # noqa: F403 - a settings module is a list of names

API_REQUESTS_A_MINUTE = 1_000_000
