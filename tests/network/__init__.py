"""Several machines on one installation, each a network namespace: `bin/trial-network`."""
