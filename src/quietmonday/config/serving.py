"""gunicorn's settings, read by gunicorn itself (`python:quietmonday.config.serving`)."""

import gc
import os
import shutil
from typing import Any

from quietmonday.config.listening import hosts, place
from quietmonday.config.logs import LOGGING
from quietmonday.config.settings import BIND, PORT, VAR


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        return False
    return True


# The processes of one web server add up their metrics in files; set before prometheus_client is first imported.
# Each server has a folder of its own, and takes away those of servers that are gone: several may share one VAR.
_metrics = VAR / "metrics" / str(os.getpid())
for left in _metrics.parent.glob("*"):
    if left.is_dir() and (left == _metrics or not _is_running(left.name)):
        shutil.rmtree(left, ignore_errors=True)
_metrics.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)

TEMPLATES_OF_EVERY_DAY = (
    *("reports/monday.html", "reports/week.html", "support/ticket.html", "support/queue.html", "support/requests.html"),
    *("support/report.html", "support/inbox.html", "people/sign_in.html"),
)

bind = [place(host, PORT) for host in hosts(BIND, PORT)]
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 5
keepalive = 5
control_socket_disable = True
# gunicorn believes X-Forwarded-Proto from 127.0.0.1 unless told not to; whom to believe is Django's setting.
forwarded_allow_ips = ""
accesslog = None  # the middleware writes one line a request
logconfig_dict: dict[str, Any] = LOGGING | {
    "loggers": {**LOGGING["loggers"], "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True}}
}


def when_ready(server: Any) -> None:
    """Load what every page needs before the workers are forked, and keep it out of their garbage collections.

    A worker that loads or collects for itself has its own copy of it: a third of the web server's memory.
    """
    from django.template import engines
    from django.urls import get_resolver
    from django.utils.translation import activate

    activate("en-gb")
    _ = get_resolver().url_patterns
    for name in TEMPLATES_OF_EVERY_DAY:
        engines["django"].get_template(name)
    gc.collect()
    gc.freeze()


def child_exit(server: Any, worker: Any) -> None:
    """Take a process that ended out of the live metrics."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no annotations
