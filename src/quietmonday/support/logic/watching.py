"""How many may hear of one request: enough for any fault, too few for a circular."""

MOST_WATCHERS = 50
MOST_AT_ONCE = 20  # named in one form
MOST_SUGGESTED = 20  # people in copy whom somebody is asked about, of one request
MOST_IN_COPY = 50  # addresses of one mail that are looked at
