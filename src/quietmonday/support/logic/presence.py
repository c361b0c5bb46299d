"""How long somebody counts as being there."""

import datetime as dt

LASTS = dt.timedelta(seconds=45)
"""Longer than two rounds of asking (20 seconds each), so that one that is lost blinks nobody out."""
