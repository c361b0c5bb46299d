"""`quietmonday web`: gunicorn with the settings below and nothing else. Replaces this process."""

import os
import sys
from typing import NoReturn

from django.db import connections

from quietmonday.config.listening import CannotStart, hosts, refuse_taken
from quietmonday.config.public import refuse_unfit
from quietmonday.config.settings import ADDRESS_AS_SET, BIND, HTTPS, PORT, TRUSTED_PROXIES
from quietmonday.kit import clock
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground

COMMAND = [sys.executable, "-m", "gunicorn", "--config", "python:quietmonday.config.serving", "quietmonday.config.wsgi"]


def serve() -> NoReturn:
    """Become the web server; raise CannotStart when its port is taken, or what it stands on does not fit."""
    refuse_taken(hosts(BIND, PORT), PORT)
    if HTTPS:
        refuse_unfit(address=ADDRESS_AS_SET, trusted=TRUSTED_PROXIES, listens_on=hosts(BIND, PORT))
    try:
        stand_on_common_ground(now=clock.now())
    except OtherGround as reason:
        raise CannotStart(str(reason)) from None
    connections.close_all()
    os.execv(COMMAND[0], COMMAND)  # noqa: S606  # our own interpreter with fixed words
