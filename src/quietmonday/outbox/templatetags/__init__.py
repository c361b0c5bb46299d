"""Tags of this area."""
