"""Reads of everything below; reports decide nothing and store nothing."""
