"""Pages of the made-up firm."""
