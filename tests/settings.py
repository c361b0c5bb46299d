"""Settings of the tests: a throw-away folder, static files without a build. Set before the product's are read."""

import os
import tempfile

os.environ.setdefault("QUIETMONDAY_VAR", tempfile.mkdtemp(prefix="quietmonday-test-"))
os.environ.setdefault("QUIETMONDAY_PLAIN_STATIC", "1")

from quietmonday.config.settings import *

(VAR / "static").mkdir(parents=True, exist_ok=True)

# Processes that a test starts are the product: they read its own settings, in the folder named above.
os.environ["DJANGO_SETTINGS_MODULE"] = "quietmonday.config.settings"
