"""Reads of the made-up firm."""
