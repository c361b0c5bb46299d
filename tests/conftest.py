"""What every test stands on: a throw-away folder, the standing cast."""

import os
import tempfile

os.environ.setdefault("QUIETMONDAY_VAR", tempfile.mkdtemp(prefix="quietmonday-test-"))
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")
