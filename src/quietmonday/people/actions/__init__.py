"""Verbs of people: one verb, one function, one transaction, one journal entry.

What several verbs write together (`begin`) stands in `write_…` functions that return the row and its event; they run
in the caller's transaction and leave the journal to it, because a transaction locks all chain heads in one go.
"""
