"""The web server's own settings."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_metrics_of_a_running_server_stay_and_those_of_a_dead_one_go(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics"
    ours, dead, odd = metrics / str(os.getpid()), metrics / "4194305", metrics / "odd"  # beyond any process number
    for folder in (ours, dead, odd):
        folder.mkdir(parents=True)
    code = "import os; import quietmonday.config.serving; print(os.environ['PROMETHEUS_MULTIPROC_DIR'])"
    environ = {**os.environ, "QUIETMONDAY_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "quietmonday.config.settings"}
    said = subprocess.run([sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True)
    theirs = Path(said.stdout.strip().splitlines()[-1])
    assert theirs.parent == metrics
    assert sorted(metrics.iterdir()) == sorted([ours, theirs])
