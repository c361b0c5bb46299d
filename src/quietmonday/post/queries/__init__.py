"""Reads that several callers share; one file per noun."""
