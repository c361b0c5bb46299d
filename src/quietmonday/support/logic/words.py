"""What of a request's journal entry is somebody's words, or about somebody; the rest is numbers, ids and moments."""

WORDS = frozenset({"subject", "text", "note", "said", "who", "before", "tags"})
