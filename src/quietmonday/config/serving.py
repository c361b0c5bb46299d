"""gunicorn's settings, read by gunicorn itself (`python:quietmonday.config.serving`)."""

import os
import shutil
from typing import Any

from quietmonday.config.listening import hosts, place
from quietmonday.config.logs import LOGGING
from quietmonday.config.settings import BIND, PORT, VAR

# The processes of one web server add up their metrics in files; set before prometheus_client is first imported.
_metrics = VAR / "metrics"
shutil.rmtree(_metrics, ignore_errors=True)
_metrics.mkdir(parents=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)

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


def child_exit(server: Any, worker: Any) -> None:
    """Take a process that ended out of the live metrics."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it has no annotations
