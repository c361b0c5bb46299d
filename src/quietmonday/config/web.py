"""`quietmonday web`: gunicorn with the settings below and nothing else. Replaces this process."""

import os
import sys
from typing import NoReturn

from quietmonday.config.listening import hosts, refuse_taken
from quietmonday.config.settings import BIND, PORT

COMMAND = [sys.executable, "-m", "gunicorn", "--config", "python:quietmonday.config.serving", "quietmonday.config.wsgi"]


def serve() -> NoReturn:
    """Become the web server; raise CannotStart when its port is taken."""
    refuse_taken(hosts(BIND, PORT), PORT)
    os.execv(COMMAND[0], COMMAND)  # noqa: S606  # our own interpreter with fixed words
