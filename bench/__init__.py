"""What the product costs: a filled installation, and what its pages, its intake and its journal take there."""
