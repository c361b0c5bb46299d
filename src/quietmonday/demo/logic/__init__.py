"""The story of the made-up firm as plain values: what is told, and when it happens."""
