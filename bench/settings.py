"""The product's settings with the bench's own URLs beside the product's, and a query counter that sleeps unless asked.

`MIDDLEWARE` and everything else is what `quietmonday web` runs with.
"""

from quietmonday.config.settings import *  # noqa: F403  # all of it, then two additions
from quietmonday.config.settings import MIDDLEWARE as THEIRS

ROOT_URLCONF = "bench.bare"
MIDDLEWARE = ["bench.bare.counted", *THEIRS]
