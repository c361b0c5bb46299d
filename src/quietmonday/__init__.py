"""Quiet Monday: one record of IT support that a small business owns and shares with its suppliers."""
