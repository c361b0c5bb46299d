"""`quietmonday web`: gunicorn with the settings below and nothing else. Replaces this process."""

import http.client
import os
import sys
from typing import NoReturn

from django.db import connections

from quietmonday.config.listening import CannotStart, hosts, reachable, refuse_taken
from quietmonday.config.public import refuse_unfit
from quietmonday.config.settings import ADDRESS_AS_SET, BIND, HOST, HTTPS, PORT, TRUSTED_PROXIES
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


def health() -> str:
    """Return what is wrong with the web server that listens here, in words; "" if nothing is."""
    connection = http.client.HTTPConnection(reachable(hosts(BIND, PORT)[0]), PORT, timeout=3)
    try:
        connection.request("GET", "/health/", headers={"Host": HOST})
        answer = connection.getresponse()
        return (
            "" if answer.status == 200 else f"It answers {answer.status}: {answer.read(500).decode(errors='replace')}"
        )
    except (OSError, http.client.HTTPException) as error:
        return f"Nothing answers on port {PORT} of this machine ({type(error).__name__})."
    finally:
        connection.close()
