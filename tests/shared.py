"""Where the real input lies beside the project, if it does. Its files are never copied in here."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("QM_SHARED", Path(__file__).resolve().parents[2] / "shared"))
DATA = SHARED / "data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real input is not beside the project")
