"""Making the made-up firm, and taking it away."""
