"""What comes from strangers, fed with bytes that nobody would write: see README.md here."""
